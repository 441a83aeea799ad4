import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from cart.scenes.products.range import products  # noqa: E402
from cart.training.embedder.goods import Goods  # noqa: E402
from cart.training.embedder.learning import Learner, contrast  # noqa: E402
from cart.training.embedder.material import Material  # noqa: E402
from cart.training.embedder.network import LENGTH, SIDE, Network  # noqa: E402
from cart.training.embedder.recipe import PACKAGED, read_recipe  # noqa: E402
from cart.training.embedder.validation import top_1  # noqa: E402
from cart.training.embedder.whitening import whitening  # noqa: E402
from cart.training.sights import Boxed, wire_floor  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def pictures(count, seed=0):
    return list(np.random.default_rng(seed).integers(0, 255, (count, 50, 40, 3)).astype(np.uint8))


def cutout(image):
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


@pytest.fixture
def recipe():
    chosen = read_recipe(PACKAGED)
    few = {
        "steps": 3,
        "families": 1,
        "drawn": 2,
        "kinds": 2,
        "recoloured": False,
        "views": 2,
        "whitening_batches": 1,
    }
    return chosen.model_copy(update={"training": chosen.training.model_copy(update=few), "workers": 0})


@pytest.fixture
def material():
    image = pictures(1)[0]
    goods = [
        Goods(product, [image], [cutout(image)], [Boxed(image, (8, 8, 30, 40))]) for product in products(2, 1)
    ]
    drawn = [[cutout(one)] for one in pictures(4, 1)]
    return Material([goods], drawn, [[one] for one in pictures(3, 2)], [wire_floor(np.random.default_rng(0))])


def test_contrast_is_least_where_classes_stand_apart():
    classes = torch.tensor([0, 0, 1, 1])
    apart = torch.eye(2)[classes]
    mixed = torch.eye(2)[torch.tensor([0, 1, 0, 1])]

    assert contrast(apart, classes, 0.1) < contrast(mixed, classes, 0.1)


def test_whitening_keeps_what_tells_classes_apart():
    random = np.random.default_rng(0)
    classes = np.repeat(np.arange(20), 10)
    vectors = random.normal(size=(200, 6)) * [9, 1, 1, 1, 1, 1]
    vectors[:, 3] += classes * 3

    middle, projection = whitening(vectors, classes, length=1)
    found = ((vectors - middle) @ projection)[:, 0]

    assert abs(np.corrcoef(found, classes)[0, 1]) > 0.98


def test_a_batch_has_so_many_sights_of_each_class(material, recipe):
    images, classes = material.batch(recipe.training, np.random.default_rng(0))

    assert images.shape == (12, SIDE, SIDE, 3)
    assert np.bincount(classes).tolist() == [2] * 6


def test_a_recoloured_twin_is_a_class_of_its_own(material, recipe):
    red = np.full((30, 20, 4), (10, 20, 220, 255), np.uint8)
    coloured = dataclasses.replace(material, drawn=[[red]], kinds=[[red[..., :3]]])
    training = recipe.training.model_copy(update={"drawn": 1, "kinds": 1, "recoloured": True})

    images, classes = coloured.batch(training, np.random.default_rng(0))

    middles = images[:, SIDE // 2, SIDE // 2].numpy().astype(int)
    redness = middles[:, 2] - np.maximum(middles[:, 0], middles[:, 1])
    assert np.bincount(classes).tolist() == [2] * 6
    assert redness[4:6].min() > redness[6:8].max()


def test_a_grey_product_has_no_recoloured_twin(material, recipe):
    grey = np.full((30, 20, 4), (90, 90, 90, 255), np.uint8)
    plain = dataclasses.replace(material, drawn=[[grey]], kinds=[[grey[..., :3]]])
    training = recipe.training.model_copy(update={"drawn": 1, "kinds": 1, "recoloured": True})

    _, classes = plain.batch(training, np.random.default_rng(0))

    assert np.bincount(classes).tolist() == [2] * 4


def test_so_many_twins_of_a_family_are_in_a_batch(material, recipe):
    one = recipe.training.model_copy(update={"twins": 1})

    _, classes = material.batch(one, np.random.default_rng(0))

    assert len(np.bincount(classes)) == 5


def test_training_changes_the_layers_that_are_not_frozen(material, recipe):
    network = Network()
    learner = Learner.of(network, recipe)
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    learner.start_head(material)

    learner.learn(material)

    after = network.state_dict()
    assert learner.step == 1
    assert torch.equal(before["features.3.conv.0.weight"], after["features.3.conv.0.weight"])
    assert not torch.equal(before["features.17.conv.0.weight"], after["features.17.conv.0.weight"])
    assert after["head.weight"].shape[0] == LENGTH


def test_a_run_that_was_cut_short_goes_on_as_if_it_had_not_been(material, recipe, tmp_path):
    torch.manual_seed(0)
    whole = Learner.of(Network(), recipe)
    whole.learn(material)
    whole.save(tmp_path / "last.pt")
    whole.learn(material)

    resumed = Learner.of(Network(), recipe)
    resumed.load(tmp_path / "last.pt")
    resumed.learn(material)

    assert resumed.step == 2
    assert torch.allclose(resumed.network.head.weight, whole.network.head.weight, atol=1e-6)


def test_items_are_told_apart_by_their_references():
    goods = []
    for product, image in zip(products(3, 1), pictures(3), strict=True):
        goods.append(Goods(product, [image], [], [Boxed(image, (0, 0, 40, 50))]))

    assert top_1(Network().eval(), goods) == 1.0
    assert np.isnan(top_1(Network().eval(), []))
