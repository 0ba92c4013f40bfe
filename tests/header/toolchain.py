"""Compilers for generated code: each with the warnings that a careful service turns on, as errors."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

WARNINGS = """-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual
    -Wcast-align -Wdouble-promotion -Wformat=2 -Wwrite-strings -Wredundant-decls
    -Wmissing-declarations -Woverlength-strings -Wunused-macros -Wunused-const-variable -Wcomment
    -Wtrigraphs -Wbidi-chars=any -Werror""".split()
C_WARNINGS = ["-Wstrict-prototypes", "-Wmissing-prototypes", "-Wvla", "-Wc++-compat"]
CPP_WARNINGS = ["-Wold-style-cast", "-Wzero-as-null-pointer-constant", "-Wextra-semi",
                "-Wnon-virtual-dtor"]
UNKNOWN = {  # what a compiler does not know it must not be asked for, under -Werror
    "gcc": {"-Wc++-compat"},  # void * converts, in C: that is no mistake
    "g++": set(),
    "clang": {"-Wbidi-chars=any", "-Wc++-compat"},
    "clang++": {"-Wbidi-chars=any"},
}

# Compiler and language, as a service may choose them.
DIALECTS = [("gcc", "c11"), ("gcc", "gnu17"), ("clang", "c11"), ("clang", "gnu17"),
            ("g++", "c++17"), ("g++", "c++20"), ("clang++", "c++17"), ("clang++", "c++20")]
IDS = [f"{compiler}-{standard}" for compiler, standard in DIALECTS]
OLDEST = DIALECTS[::2]
OLDEST_IDS = IDS[::2]


def is_cpp(compiler):
    return compiler.endswith("++")


def command(compiler, standard, *include):
    extra = CPP_WARNINGS if is_cpp(compiler) else C_WARNINGS
    warnings = [word for word in WARNINGS + extra if word not in UNKNOWN[compiler]]
    language = ["-x", "c++"] if is_cpp(compiler) else ["-x", "c"]
    folders = [f"-I{folder}" for folder in (*include, ROOT / "runtime")]
    return [compiler, f"-std={standard}", *warnings, *folders, *language]


def compile_only(compiler, standard, source, *include, to="/dev/null"):
    """Compiles one file; gives the finished process."""
    return subprocess.run([*command(compiler, standard, *include), "-c", str(source), "-o", str(to)],
                          capture_output=True, text=True, timeout=60)


def link(compiler, standard, sources, program, build, *include):
    """Makes a program with the core of a build, and fails with the compiler's own words."""
    objects = []
    for at, source in enumerate(sources):
        objects.append(f"{program}.{at}.o")
        done = compile_only(compiler, standard, source, *include, to=objects[-1])
        assert done.returncode == 0, done.stderr
    core = build / "runtime" / "core" / "libavow.a"
    done = subprocess.run([compiler, *objects, str(core), "-o", str(program)],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return program
