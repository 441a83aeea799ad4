import numpy as np

from cart.scenes.products.range import products
from cart.training.embedder.goods import Goods
from cart.training.embedder.recipe import Meshes
from cart.training.embedder.views import draw_views, product_views


def test_views_of_a_product_are_always_the_same_and_fill_their_picture():
    product = products(3, 1)[0]

    views, again = product_views(product, 2), product_views(product, 2)

    assert all(np.array_equal(one, other) for one, other in zip(views, again, strict=True))
    for view in views:
        assert view.shape[2] == 4
        assert 100 < max(view.shape[:2]) < 260
        assert (view[..., 3] > 0).mean() > 0.4


def test_products_held_out_are_not_drawn_and_workers_draw_the_same():
    goods = [Goods(product) for product in products(60, 1)]
    some = [one for one in goods if one.held_out][:1] + [one for one in goods if not one.held_out][:3]
    alone, shared = ([Goods(one.product) for one in some] for _ in range(2))
    told = []
    meshes = [Meshes(range_seed=1, count=60, views=1)]

    draw_views(alone, meshes, 1, lambda done, total: told.append((done, total)))
    draw_views(shared, meshes, 2, lambda *_: None)

    assert [len(one.views) for one in alone] == [0, 1, 1, 1]
    assert told == [(1, 3), (2, 3), (3, 3)]
    for one, other in zip(alone, shared, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one.views, other.views, strict=True))
