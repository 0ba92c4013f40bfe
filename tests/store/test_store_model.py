"""Random sequences of everything that can be done, against an oracle: a slice."""
import random

import pytest
from model import Bench, draw


@pytest.mark.parametrize("first, count", [(1, 40), (41, 40), (1000, 40)])
def test_random_sequences(plain_build, memory_folder, first, count):
    bench = Bench(plain_build, memory_folder)
    for seed in range(first, first + count):
        name = ["shop", "jibrok"][seed % 2]
        steps = draw(random.Random(seed), name, 60)
        wrong = bench.run(name, steps)
        assert not wrong, f"seed {seed}: {wrong}; tests/store/campaign model --seed {seed}"
    bench.close()


def test_random_sequences_with_sanitizers(build, memory_folder):
    bench = Bench(build, memory_folder)
    for seed in range(500, 512):
        name = ["shop", "jibrok"][seed % 2]
        assert not bench.run(name, draw(random.Random(seed), name, 60)), f"seed {seed}"
    bench.close()
