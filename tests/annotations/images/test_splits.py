"""Groups from names; splits by group, near their shares, and the same for ever."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.images.groups import derive_group, is_mask_path, name_of, pairing_keys, stem_of
from annotations.images.splits import SPLITS, check_fractions, choose_split


def split_all(groups, salt="s", fractions=(0.7, 0.15, 0.15)):
    counts, chosen = {}, {}
    for group in groups:
        split = choose_split(group, salt=salt, counts=counts, fractions=fractions)
        counts[split] = counts.get(split, 0) + 1
        chosen[group] = split
    return counts, chosen


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("cell_17.png", "cell_17"),
        ("lymphocyte/cell_17.png", "cell_17"),
        ("train/cell_17.png", "cell_17"),
        ("plate_3/images/B02_s1.tif", "plate_3/B02"),
        ("B02_s3_w1.tif", "B02"),
        ("patient 12/a.tif", "patient 12"),
        ("01/t000.tif", "01"),
        ("movies/t000.tif", "movies"),
        ("t000.tif", "frames"),
        ("scan_t003_z12.ome.tif", "scan"),
        ("isl_r3c2.tif", "isl"),
        ("BloodImage_00004.jpg", "BloodImage_00004"),
        ("t98g_set26.tif", "t98g_set26"),
        ("masks/cell_17_mask.png", "cell_17"),
    ],
)
def test_groups_are_read_from_names(path, group):
    assert derive_group(path) == group


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("a.png", "a.tif"),
        ("a.png", "a_mask.png"),
        ("a.ome.tif", "a_masks.tif"),
        ("a.tif", "a-labels.tif"),
        ("images/a.png", "masks/a.tif"),
        ("plate/images/a.png", "plate/masks/a_mask.tif"),
        ("palette_mask_image.png", "palette_mask.png"),
        ("A.PNG", "a_Mask.png"),
    ],
)
def test_pictures_and_masks_find_each_other(image, mask):
    assert set(pairing_keys(image)) & set(pairing_keys(mask))
    assert not is_mask_path(image)


def test_masks_are_told_by_folder_or_name():
    for path in ("masks/a.tif", "x/labels/a.tif", "a_mask.png", "a-labels.tif", "a_masks.ome.tif"):
        assert is_mask_path(path)
    for path in ("a.png", "mask.png", "unmasked.png", "images/a.png"):
        assert not is_mask_path(path)
    assert stem_of("x/a.b.ome.tiff") == "a.b"
    assert name_of("plate 1/Images/a.tif") == "plate 1/a.tif"


@pytest.mark.parametrize(
    ("n", "least"), [(1, (1, 0, 0)), (5, (3, 1, 1)), (10, (6, 1, 1)), (150, (100, 21, 21))]
)
def test_small_data_sets_get_something_to_test_on(n, least):
    for salt in map(str, range(20)):
        counts, _ = split_all([f"g{i}" for i in range(n)], salt)
        assert all(counts.get(split, 0) >= m for split, m in zip(SPLITS, least, strict=True))


def test_the_hash_decides_and_not_the_order_on_the_plate():
    groups = [f"well {i}" for i in range(300)]
    _, one = split_all(groups, "a")
    _, same = split_all(groups, "a")
    _, other = split_all(groups, "b")
    assert one == same
    assert one != other
    held_out = np.array([one[group] != "train" for group in groups])
    # Every seventh one would be a pattern that follows the plate.
    gaps = np.diff(np.flatnonzero(held_out))
    assert len(set(gaps.tolist())) > 4


@settings(max_examples=60)
@given(
    n=st.integers(1, 120),
    salt=st.text(max_size=5),
    parts=st.tuples(st.integers(1, 10), st.integers(0, 5), st.integers(0, 5)),
)
def test_no_split_strays_far_from_its_share(n, salt, parts):
    fractions = tuple(part / sum(parts) for part in parts)
    counts, _ = split_all([str(i) for i in range(n)], salt, fractions)
    for split, fraction in zip(SPLITS, fractions, strict=True):
        assert abs(counts.get(split, 0) - fraction * n) < 3
        if fraction == 0:
            assert split not in counts


def test_fractions_are_checked():
    assert check_fractions((0.7, 0.15, 0.15))
    for wrong in ((0.5, 0.5), (0, 0.5, 0.5), (1.2, -0.1, -0.1), (0.7, 0.2, 0.2)):
        assert not check_fractions(wrong)
