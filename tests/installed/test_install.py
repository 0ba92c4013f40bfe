"""What an install gives, and two projects that use it knowing nothing of this tree."""
import os
import re
import shutil
import subprocess

import pytest

MADE = ["acme.md", "acme.html", "acme.txt", "acme_policy.c", "acme_policy.h", "acme.avow"]
SAYS = ("news 0 stopping\nreceipt 1 mail\n"
        "Write to help@acme.example and within 1 business day we stop.\n")

MESON = """project('theirs', 'c', default_options: ['c_std=c11', 'warning_level=3', 'werror=true'])
{recipe}
"""
CMAKE = """cmake_minimum_required(VERSION 3.20)
project(theirs C)
set(CMAKE_C_STANDARD 11)
{recipe}
"""


def manual_recipe(root, tool):
    """The lines that the manual gives for a build tool."""
    text = (root / "runtime" / "package" / "avow.3").read_text(encoding="utf-8")
    match = re.search(rf"^With\n\.Xr {tool} 1 :\n\.Bd -literal\n(.*?)^\.Ed$", text,
                      re.MULTILINE | re.DOTALL)
    return match.group(1)


def test_files(installed):
    found = {str(path.relative_to(installed.prefix)) for path in installed.prefix.rglob("*")
             if not path.is_dir()}
    lib = installed.libraries.relative_to(installed.prefix)
    wanted = {"bin/avow", "bin/avowd", "libexec/avow/avow-sign", "share/man/man8/avowd.8",
              "lib/systemd/system/avowd.service", "lib/systemd/system/avowd.socket", "include/avow.h", f"{lib}/libavow.a", f"{lib}/libavow.so",
              f"{lib}/libavow.so.0", f"{lib}/pkgconfig/avow.pc",
              "include/avow_store.h", f"{lib}/libavow-store.so", f"{lib}/libavow-store.so.0",
              f"{lib}/pkgconfig/avow-store.pc",
              f"{lib}/cmake/avow/avow-config.cmake", f"{lib}/cmake/avow/avow-config-version.cmake",
              "share/bash-completion/completions/avow", "share/zsh/site-functions/_avow",
              "share/fish/vendor_completions.d/avow.fish", "share/man/man1/avow.1", "share/man/man3/avow.3", "share/man/man5/avow_policy.5",
              "share/man/man5/avowd.yaml.5",
              "share/avow/locales/en.yaml", "share/avow/locales/de.yaml"}
    assert wanted <= found
    extra = {name for name in found - wanted
             if not re.fullmatch(rf"{lib}/libavow(-store)?\.so\.\d+\.\d+\.\d+|share/avow/locales/\w+\.yaml",
                                 name)}
    assert not extra


def dynamic(path):
    done = subprocess.run(["readelf", "-d", "-W", str(path)], capture_output=True, text=True,
                          check=True)
    return re.findall(r"\((\w+)\).*\[(.*)\]", done.stdout)


def test_shared_library(installed):
    entries = dynamic(installed.libraries / "libavow.so")
    assert ("SONAME", "libavow.so.0") in entries
    assert {name for kind, name in entries if kind == "NEEDED"} <= {"libc.so.6"}
    assert not [name for kind, name in entries if kind in ("RPATH", "RUNPATH")]


@pytest.mark.parametrize("name,header", [("libavow.so", "avow.h"),
                                         ("libavow-store.so", "avow_store.h")])
def test_only_the_public_functions_are_exported(installed, root, name, header):
    done = subprocess.run(["nm", "-D", "--defined-only", str(installed.libraries / name)],
                          capture_output=True, text=True, check=True)
    exported = {line.split()[-1] for line in done.stdout.splitlines()}
    header = (root / "runtime" / header).read_text(encoding="utf-8")
    public = set(re.findall(r"AVOW_API[^;]*?\b(avow_\w+)\(", header))
    assert len(public) > 10
    assert exported == public


def test_the_command_is_one_file(installed):
    """It needs neither a library nor a loader, and stands at another address in each run."""
    assert not [name for kind, name in dynamic(installed.avow) if kind == "NEEDED"]
    head = subprocess.run(["readelf", "-h", "-l", "-W", str(installed.avow)], capture_output=True,
                          text=True, check=True).stdout
    assert "INTERP" not in head and re.search(r"Type:\s+DYN", head)


@pytest.mark.parametrize("flags", [["--cflags", "--libs"], ["--variable=avow"], ["--modversion"]])
def test_pkg_config(installed, run, flags, tmp_path):
    said = run("pkg-config", *flags, "avow", cwd=tmp_path).stdout.split()
    if flags == ["--modversion"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", said[0])
    elif flags == ["--variable=avow"]:
        assert os.path.samefile(said[0], installed.avow)
    else:
        include, = [word[2:] for word in said if word.startswith("-I")]
        assert os.path.samefile(include, installed.prefix / "include")
        assert "-lavow" in said


@pytest.mark.parametrize("page", ["man1/avow.1", "man3/avow.3", "man5/avow_policy.5", "man8/avowd.8"])
def test_manual_is_well_formed(installed, page):
    path = installed.prefix / "share" / "man" / page
    done = subprocess.run(["groff", "-mdoc", "-ww", "-Tutf8", "-z", str(path)],
                          capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    for line in path.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 100 and not line.endswith(" ")


@pytest.mark.parametrize("command", ["check", "build", "ask"])
def test_manual_has_every_option(avow, root, command):
    shown = avow(command, "--help").stdout
    options = set(re.findall(r"(?<![\w-])--([a-z]+)", shown))
    manual = (root / "compiler" / "man" / "avow.1").read_text(encoding="utf-8")
    assert options and options <= set(re.findall(r"Fl -([a-z]+)", manual))


def test_every_command_is_in_the_manual(avow, root):
    shown = avow("--help").stdout
    manual = (root / "compiler" / "man" / "avow.1").read_text(encoding="utf-8")
    named = set(re.findall(r"^\.It Nm Cm (\w+)$", manual, re.MULTILINE))
    for name in re.findall(r"^  ([a-z]+)  ", shown, re.MULTILINE):
        assert name in named


def test_manual_example_is_a_policy(avow, root, policy):
    text = (root / "compiler" / "man" / "avow_policy.5").read_text(encoding="utf-8")
    example = re.search(r"\.Bd -literal\n(---\n.*?)\.Ed", text, re.DOTALL).group(1)
    done = avow("check", policy(example))
    assert done.returncode == 0 and not done.stderr, done.stderr


def modified(folder, names=MADE):
    return {name: (folder / name).stat().st_mtime_ns for name in names}


def rebuilds(build, folder, service, project, installed):
    """Builds once; then nothing is to do; then each source of the policy makes it anew."""
    build()
    assert set(MADE) <= {path.name for path in folder.iterdir()}
    env = {**installed.env, "LD_LIBRARY_PATH": str(installed.libraries)}
    said = subprocess.run([str(service)], capture_output=True, text=True, env=env, check=True)
    assert said.stdout == SAYS
    before = modified(folder)
    build()
    assert modified(folder) == before, "built again though nothing had changed"

    changed_policy(project, folder, build, before)
    said = subprocess.run([str(service)], capture_output=True, text=True, env=env, check=True)
    assert "We write to you no more." in said.stdout
    for name, change in (("calendars/office.yaml", "# another line\n"), ("locales/en.yaml", "")):
        before = modified(folder)
        path = project / name
        path.write_text(path.read_text(encoding="utf-8") + change, encoding="utf-8")
        build()
        after = modified(folder)
        assert all(after[made] > before[made] for made in MADE), f"{name} changed, but not the rest"
    before = modified(folder)
    build()
    assert modified(folder) == before


def changed_policy(project, folder, build, before):
    """New words, and the locale now in a file of the project's own."""
    policy = project / "acme.policy"
    old, new = "  > Write to", "  > We write to you no more. Write to"
    policy.write_text(policy.read_text().replace(old, new))
    shutil.copytree(project.parent / "locales", project / "locales")
    build()
    after = modified(folder)
    assert all(after[name] > before[name] for name in MADE)
    assert "We write to you no more." in (folder / "acme.txt").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def locales(installed, tmp_path):
    shutil.copytree(installed.prefix / "share" / "avow" / "locales", tmp_path / "locales")


def test_meson_project(installed, project, root, run, tmp_path):
    (project / "meson.build").write_text(MESON.format(recipe=manual_recipe(root, "meson")))
    build = tmp_path / "build"
    run("meson", "setup", build, project, cwd=tmp_path)
    rebuilds(lambda: run("ninja", "-C", build, cwd=tmp_path), build, build / "service", project,
             installed)


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
def test_cmake_project(installed, project, root, run, tmp_path, generator):
    (project / "CMakeLists.txt").write_text(CMAKE.format(recipe=manual_recipe(root, "cmake")))
    build = tmp_path / "build"
    run("cmake", "-G", generator, "-S", project, "-B", build, cwd=tmp_path)
    rebuilds(lambda: run("cmake", "--build", build, "-j2", cwd=tmp_path), build / "service_policy",
             build / "service", project, installed)


def test_make(installed, project, root, run, tmp_path):
    recipe = manual_recipe(root, "make")
    (project / "Makefile").write_text(recipe)
    path = f"{installed.prefix / 'bin'}:{os.environ['PATH']}"
    run("env", f"PATH={path}", "make", "service", cwd=project)
    assert "is up to date" in run("env", f"PATH={path}", "make", "service", cwd=project).stdout
    os.utime(project / "calendars" / "office.yaml")
    assert "avow build" in run("env", f"PATH={path}", "make", "service", cwd=project).stdout


CMAKE_CPP = """cmake_minimum_required(VERSION 3.20)
project(theirs CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(avow 0.1 REQUIRED)
add_library(consent STATIC consent.cpp)
avow_add_policy(consent acme.policy OUTPUT_DIR made)
add_executable(service service.cpp)
target_link_libraries(service consent)
"""


def test_cmake_library_in_cpp(installed, project, run, tmp_path):
    """Without C; the policy behind a library of the project's own, in a folder of its choice."""
    (project / "CMakeLists.txt").write_text(CMAKE_CPP)
    (project / "consent.cpp").write_text('#include "acme_policy.h"\nint consent() { return 0; }\n')
    (project / "service.c").rename(project / "service.cpp")
    build = tmp_path / "build"
    run("cmake", "-G", "Ninja", "-S", project, "-B", build, cwd=tmp_path)
    run("cmake", "--build", build, cwd=tmp_path)
    assert set(MADE) <= {path.name for path in (build / "made").iterdir()}
    said = run(build / "service", cwd=tmp_path)
    assert said.stdout == SAYS


@pytest.mark.parametrize("recipe, says", [
    ("avow_add_policy(nothing acme.policy)", 'there is no target "nothing" yet'),
    ("avow_add_policy(service acme.polic)", "there is no file"),
    ("avow_add_policy(service service.c)", 'has no line "policy: ID"'),
    ("avow_add_policy(service acme.policy OUT made)", 'what is "OUT;made"?'),
])
def test_cmake_mistakes(project, run, tmp_path, recipe, says):
    (project / "CMakeLists.txt").write_text(CMAKE.format(
        recipe=f"find_package(avow REQUIRED)\nadd_executable(service service.c)\n{recipe}"))
    done = run("cmake", "-S", project, "-B", tmp_path / "build", cwd=tmp_path, fails=True)
    assert done.returncode != 0
    assert says in " ".join(done.stderr.split())


@pytest.mark.parametrize("version, fits", [("0.1", True), ("0.1.0", True), ("0.2", False),
                                           ("0.0", False), ("1.0", False)])
def test_cmake_version(project, run, tmp_path, version, fits):
    recipe = f"find_package(avow {version} REQUIRED)"
    (project / "CMakeLists.txt").write_text(CMAKE.format(recipe=recipe))
    done = run("cmake", "-S", project, "-B", tmp_path / "build", cwd=tmp_path, fails=True)
    assert (done.returncode == 0) == fits, done.stderr


def test_a_policy_with_errors_stops_the_build(installed, project, root, run, tmp_path):
    (project / "CMakeLists.txt").write_text(CMAKE.format(recipe=manual_recipe(root, "cmake")))
    policy = project / "acme.policy"
    policy.write_text(policy.read_text().replace("about receipt", "about recipt"))
    build = tmp_path / "build"
    run("cmake", "-G", "Ninja", "-S", project, "-B", build, cwd=tmp_path)
    done = run("cmake", "--build", build, cwd=tmp_path, fails=True)
    assert done.returncode != 0
    assert "acme.policy:19:" in done.stdout and "E201" in done.stdout
    assert not (build / "service").exists()


def test_the_service_of_the_store_manual(installed, root, run, tmp_path):
    """As runtime/STORE.md gives it, with the policy of the README: made, settled, asked, stopped."""
    manual = (root / "runtime" / "STORE.md").read_text(encoding="utf-8")
    service = re.search(r"```c\n(.*?)```", manual, re.DOTALL).group(1)
    assert len(service.splitlines()) <= 36
    readme = (root / "README.md").read_text(encoding="utf-8")
    (tmp_path / "service.c").write_text(service)
    (tmp_path / "bakery.policy").write_text(
        re.search(r"```policy\n(---\n.*?)```", readme, re.DOTALL).group(1))
    path = f"{installed.prefix / 'bin'}:{os.environ['PATH']}"
    run("env", f"PATH={path}", "avow", "build", "bakery.policy", "--out", ".", cwd=tmp_path)
    flags = run("pkg-config", "--cflags", "--libs", "avow-store", cwd=tmp_path).stdout.split()
    run("cc", "-Wall", "-Wextra", "-Werror", "service.c", "bakery_policy.c", *flags, "-o", "service",
        cwd=tmp_path)
    env = {**installed.env, "LD_LIBRARY_PATH": str(installed.libraries), "PATH": path}

    def say(*words, status=0):
        done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=env)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "avowd init" in say("./service", "joe@x.example", status=2)
    say("avowd", "--store", "sqlite:bakery.db", "--policy", "bakery.avow", "init", "--no-history")
    sends = "send: We may e-mail you news from our oven. Write to hello@bakery.example to end it.\n"
    assert say("./service", "joe@x.example") == sends
    stops = "do not send: Once you have asked us to stop, we never e-mail you again.\n"
    assert re.fullmatch(r"recorded r\d+-1-[0-9a-f]{16}\n" + stops,
                        say("./service", "stop", "joe@x.example"))
    assert say("./service", "JOE@x.example.") == stops
    assert say("./service", "ann@x.example") == sends
