"""avowd serve: it starts, tells how it is, loads anew, and ends."""
import signal


def test_serves_and_ends(daemon):
    one = daemon()
    assert one.get("/healthz").body == b"ok\n"
    ready = one.get("/readyz")
    assert ready.status == 200
    assert {name: ready.json[name] for name in ("status", "policy", "effective", "generation")} == {
        "status": "ready", "policy": "shop", "effective": "2026-03-01", "generation": 1}
    assert "problem" not in ready.json
    one.stop(signal.SIGTERM)
    assert not (one.folder / "http.sock").exists()


def test_a_bad_policy_leaves_the_last_good_one(daemon):
    one = daemon()
    good = (one.folder / "shop.avow").read_bytes()
    bad = bytearray(good)
    bad[len(bad) // 2] ^= 1
    (one.folder / "next").write_bytes(bad)
    (one.folder / "next").rename(one.folder / "shop.avow")
    one.until(lambda: "problem" in one.get("/readyz").json)
    ready = one.get("/readyz")
    assert ready.status == 200 and ready.json["status"] == "ready"
    assert ready.json["problem"] == (
        f"The policy {one.folder}/shop.avow cannot be used: The bundle was changed after it was "
        "made. Build it again with 'avow build'.")
    assert one.metric("avowd_last_good_goes_on") == 1
    assert one.metric('avowd_reloads_total{result="refused"}') == 1
    (one.folder / "shop.avow").write_bytes(good)
    one.until(lambda: "problem" not in one.get("/readyz").json)
    assert one.metric("avowd_last_good_goes_on") == 0


def test_a_bad_configuration_leaves_the_last_good_one(daemon):
    one = daemon()
    text = (one.folder / "avowd.yaml").read_text()
    (one.folder / "avowd.yaml").write_text(text.replace("policy:", "polcy:"))
    one.hang_up()
    assert one.get("/readyz").json["problem"] == "The configuration avowd.yaml has mistakes."
    assert "there is no setting 'polcy'; did you mean 'policy'?" in one.log.read_text()
    (one.folder / "avowd.yaml").write_text(text)
    one.hang_up()
    assert "problem" not in one.get("/readyz").json


def test_a_start_with_a_bad_policy_serves_the_last_good_one(daemon):
    one = daemon()
    one.stop()
    (one.folder / "shop.avow").write_bytes(b"no bundle")
    one = daemon()
    assert one.get("/readyz").json["problem"].startswith(f"The policy {one.folder}/shop.avow")
    assert one.get("/readyz").json["policy"] == "shop"
