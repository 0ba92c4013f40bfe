/* A milter that says continue to everything: what avowd's is measured against. */
#include <libmilter/mfapi.h>
#include <string.h>

static sfsistat
take_address(SMFICTX *context, char **arguments)
{
    (void)context;
    (void)arguments;
    return SMFIS_CONTINUE;
}

static sfsistat
take_header(SMFICTX *context, char *name, char *value)
{
    (void)context;
    (void)name;
    (void)value;
    return SMFIS_CONTINUE;
}

static sfsistat
take_end(SMFICTX *context)
{
    (void)context;
    return SMFIS_CONTINUE;
}

/* continue SOCKET */
int
main(int argc, char **argv)
{
    char name[] = "continue";
    struct smfiDesc filter = {
        .xxfi_name = name,
        .xxfi_version = SMFI_VERSION,
        .xxfi_envfrom = take_address,
        .xxfi_envrcpt = take_address,
        .xxfi_header = take_header,
        .xxfi_eom = take_end,
    };
    if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS)
        return 2;
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
