import numpy as np

from cart.training import cutouts
from cart.training.labelled import read_stills
from cart.training.splat import PART_ARM, PART_HAND, PART_ITEM


def test_packshots_are_cut_to_the_product(packshots):
    cut = cutouts.packshots(packshots)
    assert len(cut) == 6
    assert abs(cut[0].parts.shape[0] - 40) <= 4
    assert (cut[0].parts[20, 20], cut[0].parts[0, 0]) == (PART_ITEM, 0)


def test_items_are_cut_along_their_edge(stills):
    cut = cutouts.items(read_stills(stills))
    assert len(cut) == 3
    for one in cut:
        assert np.abs(np.array(one.parts.shape) - [60, 40]).max() <= 4
        assert 0.7 < (one.parts == PART_ITEM).mean() < 0.9


def test_hands_are_cut_with_their_arm(stills):
    (first, *_) = cutouts.hands(read_stills(stills))
    assert (first.parts == PART_HAND).any()
    arm = np.nonzero(first.parts == PART_ARM)[0]
    assert arm.min() > np.nonzero(first.parts == PART_HAND)[0].mean()
