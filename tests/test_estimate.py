"""The calculator of distributed rows: what its figures are made of."""

import pytest

from polyagamma.distributed import estimate


def test_large_data_take_the_time_of_their_products():
    one, four = (estimate(10**8, 50, workers=workers, latency=0.0) for workers in (1, 4))
    assert one.seconds_per_gradient == pytest.approx(4 * four.seconds_per_gradient, rel=0.01)
    assert one.bytes_per_worker == pytest.approx(4 * four.bytes_per_worker, rel=0.01)


def test_small_data_take_the_time_of_a_message():
    near, far = (estimate(10**4, 5, workers=2, latency=latency) for latency in (0.0, 0.01))
    assert far.seconds_per_gradient - near.seconds_per_gradient == pytest.approx(0.01)
    assert far.seconds_per_effective_draw == pytest.approx(far.seconds_per_gradient)  # four chains at a time


def test_chains_share_messages_by_fours():
    four, eight = (estimate(10**6, 20, chains=chains, workers=4) for chains in (4, 8))
    assert eight == four
    assert estimate(10**6, 20, chains=1, workers=4).bytes_per_gradient == four.bytes_per_gradient / 4


@pytest.mark.parametrize(
    ("options", "message"),
    [({"n": 0}, "n must be"), ({"bandwidth": 0}, "bandwidth must be"), ({"latency": -1}, "latency must be")],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        estimate(**{"n": 10, "p": 2} | options)
