/* avow sign: another program, since libsodium takes longer to load than a policy to compile. */
#include "compiler/command/program.h"

static int
run(const struct command *command, int argc, char **argv)
{
    (void)argc;
    return program_run(command, "../runtime/sign", argv);
}

const struct command sign_command = {"sign", "sign a compiled policy, and make keys for it", NULL,
                                     run};
