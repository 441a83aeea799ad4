import pytest

from cart.errors import InputError
from cart.training.labelled import Label, read_rendered, read_stills, write_yolo


def test_stills_are_read_in_order_with_their_labels(stills):
    read = read_stills(stills)
    assert [len(one.labels) for one in read] == [0, 2, 2, 2]
    assert read[2].labels == (Label("item", (22, 30, 62, 90)), Label("hand", (98, 30, 143, 92)))


def test_a_stretch_of_stills(stills):
    assert len(read_stills(stills, 1, 3)) == 2


def test_a_folder_without_stills(tmp_path):
    with pytest.raises(InputError, match=r"no \.jpg stills"):
        read_stills(tmp_path)


def test_a_still_that_is_no_picture(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no")
    with pytest.raises(InputError, match="is not a picture"):
        read_stills(tmp_path)


@pytest.mark.parametrize("text", ["<annotation>", "<a><object><name>x</name></object></a>"])
def test_a_broken_annotation(stills, text):
    (stills / "frame_1.xml").write_text(text)
    with pytest.raises(InputError, match="is no VOC annotation"):
        read_stills(stills)


def test_a_data_set_as_ultralytics_reads_it(stills, tmp_path):
    assert write_yolo(read_stills(stills), tmp_path / "data", "train", "still") == 4
    text = (tmp_path / "data" / "labels" / "train" / "still-00001.txt").read_text()
    assert text.splitlines()[0] == "1 0.256250 0.500000 0.250000 0.500000"
    assert (tmp_path / "data" / "labels" / "train" / "still-00000.txt").read_text() == ""


def test_a_rendered_still_is_read_as_it_was_written(stills, tmp_path):
    folder = tmp_path / "data"
    write_yolo(read_stills(stills), folder, "train", "still")
    rendered = tmp_path / "rendered"
    (folder / "images" / "train").rename(rendered)
    (folder / "labels" / "train").rename(rendered / "labels")
    (rendered / "images").mkdir()
    name = "still-00002.jpg"
    item, hand = read_rendered((rendered / name).rename(rendered / "images" / name)).labels
    assert (item.kind, hand.kind) == ("item", "hand")
    assert item.box == pytest.approx((22, 30, 62, 90), abs=0.01)


def test_a_rendered_still_without_labels(stills):
    with pytest.raises(InputError, match="render it again"):
        read_rendered(stills / "frame_0.jpg")
