"""The generated header and table compile without a warning, whatever the policy's names are."""
import re

import pytest

from header.toolchain import DIALECTS, IDS, OLDEST, OLDEST_IDS, ROOT, compile_only, is_cpp, link

FUNCTION = re.compile(r"^(?:AVOW_NODISCARD )?static inline ([\w ]+\*?)\n(\w+)\(([^)]*)\)\n\{",
                      re.MULTILINE)


def functions(text):
    """(what it returns, name, types of the parameters) of every function of a header."""
    found = FUNCTION.findall(text)
    assert len(found) == text.count("static inline "), "one is not laid out like the others"
    return [(returns, name, [re.sub(r"\w+$", "", part.strip()).strip()
                             for part in parameters.split(",") if part != "void"])
            for returns, name, parameters in found]


def first_constants(text):
    """The first constant of every type."""
    first = {}
    for kind, name in re.findall(r"^\w+_CONSTANT (\w+) (\w+) = ", text, re.MULTILINE):
        first.setdefault(kind, name)
    return first


def every_call(made, cpp):
    """A source that calls every function of the header once."""
    text = made.header.read_text(encoding="utf-8")
    values = {f"{made.prefix}_states": "states", "int64_t": "0", "size_t": "0",
              "const avow_moment *": "nullptr" if cpp else "NULL", "avow_answer": "answer",
              "const avow_table *": "table", **first_constants(text)}
    calls = [f"    {returns} v{at} = {name}({', '.join(values[kind] for kind in types)});\n"
             f"    use(&v{at});" for at, (returns, name, types) in enumerate(functions(text))]
    linkage = 'extern "C" ' if cpp else ""
    return (f'#include "{made.header.name}"\n{linkage}void use(const void *value);\n'
            f"{linkage}void all(avow_answer answer, const avow_table *table);\n"
            f"{linkage}void all(avow_answer answer, const avow_table *table)\n{{\n"
            f"    {made.prefix}_states states = {{{{0, 0}}}};\n" + "\n".join(calls) + "\n}\n")


@pytest.mark.parametrize("compiler, standard", DIALECTS, ids=IDS)
def test_header_and_table_compile(made, compiler, standard, tmp_path):
    service = tmp_path / "service.c"
    text = every_call(made, is_cpp(compiler))
    assert text.count("use(&") > 5
    service.write_text(text, encoding="utf-8")
    for source in (service, made.source):
        done = compile_only(compiler, standard, source, made.folder)
        assert done.returncode == 0 and not done.stderr, done.stderr[:3000]


@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
def test_header_alone_in_two_places(shop, plain_build, compiler, standard, tmp_path):
    """Unused, included twice and in two files of one program: neither a warning nor a clash."""
    first, second = tmp_path / "first.c", tmp_path / "second.c"
    first.write_text(f'#include "{shop.header.name}"\n#include "{shop.header.name}"\n'
                     "int main(void) { return small_accepts(small_table()) - 1; }\n")
    second.write_text(f'#include "{shop.header.name}"\n'
                      "typedef small_data not_empty;\n")
    link(compiler, standard, [first, second, shop.source], tmp_path / "program",
         plain_build, shop.folder)


def test_header_in_any_place(shop, tmp_path):
    """Behind the headers whose macros take ordinary words, and with hosted extensions on."""
    service = tmp_path / "service.c"
    service.write_text("#include <errno.h>\n#include <stdio.h>\n#include <stdbool.h>\n"
                       "#include <assert.h>\n#include <signal.h>\n#include <complex.h>\n"
                       f'#include "{shop.header.name}"\ntypedef small_data not_empty;\n')
    for compiler in ("gcc", "clang"):
        done = compile_only(compiler, "gnu11", service, shop.folder)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
def test_another_format_is_refused(shop, compiler, standard, tmp_path):
    api = shop.folder.parent / f"other-{compiler}-{standard}"
    api.mkdir(exist_ok=True)
    text = (ROOT / "runtime" / "avow.h").read_text(encoding="utf-8")
    assert "#define AVOW_ABI 1\n" in text
    (api / "avow.h").write_text(text.replace("#define AVOW_ABI 1\n", "#define AVOW_ABI 2\n"))
    service = tmp_path / "service.c"
    service.write_text(f'#include "{shop.header.name}"\n')
    done = compile_only(compiler, standard, service, api, shop.folder)
    assert done.returncode != 0
    assert "made for another version of avow: build the policy again" in done.stderr
