"""Meshes put together from tubes, boxes, sheets and sheets with holes."""

import numpy as np

from cart.scenes.geometry import Bytes, Floats, Ints, Material, Model, quaternion, rotation


class Mesh:
    """A mesh that grows part by part; each part has one material."""

    def __init__(self) -> None:
        self._vertices: list[Floats] = []
        self._faces: list[Ints] = []
        self._uvs: list[Floats] = []
        self._owners: list[Ints] = []
        self._materials: list[Material] = []
        self._count = 0

    def add(self, vertices: Floats, faces: Ints, material: Material, uvs: Floats | None = None) -> None:
        """Add vertices (V, 3) and faces (F, 3) of indices into them; `uvs` are (F, 3, 2)."""
        if material not in self._materials:
            self._materials.append(material)
        self._vertices.append(np.asarray(vertices, float))
        self._faces.append(np.asarray(faces, np.int64) + self._count)
        self._uvs.append(np.zeros((len(faces), 3, 2)) if uvs is None else np.asarray(uvs, float))
        self._owners.append(np.full(len(faces), self._materials.index(material)))
        self._count += len(vertices)

    def model(self, pictures: dict[str, Bytes] | None = None, sharp_degrees: float = 61.0) -> Model:
        """Return all parts as one model, where they were put."""
        return Model(
            vertices=np.concatenate(self._vertices),
            faces=np.concatenate(self._faces),
            uvs=np.concatenate(self._uvs),
            face_materials=np.concatenate(self._owners),
            materials=tuple(self._materials),
            pictures=pictures or {},
            sharp_degrees=sharp_degrees,
        )

    def tube(
        self, points: Floats, radius: float | Floats, material: Material, sides: int = 8, flat: float = 1.0
    ) -> None:
        """Add a tube along a way (N, 3), its ends closed; it bends without getting thinner.

        Args:
            points: (N, 3) its middle line.
            radius: One, or one at each point (N,).
            material: Its look.
            sides: Corners of its section.
            flat: Thickness across (of an upright tube: along x) as a share of the width.
        """
        way = np.asarray(points, float)
        steps = np.diff(way, axis=0)
        steps /= np.linalg.norm(steps, axis=1, keepdims=True)
        tangents = np.concatenate([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
        tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
        side = np.cross(tangents[0], [0, 0, 1.0] if abs(tangents[0, 2]) < 0.9 else [0, 1.0, 0])
        rings = []
        radii = np.broadcast_to(radius, len(way))
        for n, tangent in enumerate(tangents):
            before = tangents[max(n - 1, 0)]
            side = side - (side @ tangent) / (1 + before @ tangent) * (before + tangent)
            side /= np.linalg.norm(side)
            wider = 1 / max(0.4, float(tangent @ steps[min(n, len(steps) - 1)]))
            angles = np.arange(sides) * 2 * np.pi / sides
            circle = np.outer(np.cos(angles), side) * flat + np.outer(np.sin(angles), np.cross(tangent, side))
            rings.append(way[n] + radii[n] * wider * circle)
        around = np.arange(sides)
        after = (around + 1) % sides
        faces = []
        for n in range(len(way) - 1):
            low, high = n * sides, (n + 1) * sides
            faces.append(np.stack([low + around, low + after, high + after], axis=1))
            faces.append(np.stack([low + around, high + after, high + around], axis=1))
        last = (len(way) - 1) * sides
        fan = np.stack([np.zeros(sides - 2, int), around[1:-1], around[2:]], axis=1)
        faces += [fan[:, ::-1], fan + last]
        self.add(np.concatenate(rings), np.concatenate(faces), material)

    def box(self, centre: Floats, half: Floats, material: Material, turn: Floats | None = None) -> None:
        """Add a box of half sizes (3,), turned by a quaternion about its centre."""
        corners = np.array([[x, y, z] for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)]) * np.asarray(half)
        if turn is not None:
            corners = corners @ rotation(turn).T
        self.add(corners + np.asarray(centre), _BOX_FACES, material, _BOX_UVS)

    def sheet(self, corners: Floats, material: Material, thickness: float = 0.0) -> None:
        """Add a four-cornered sheet (4, 3), counter-clockwise from its front, `thickness` deep behind it."""
        self.grid(corners, material, thickness, columns=1, rows=1, hole=0.0)

    def grid(
        self, corners: Floats, material: Material, thickness: float, columns: int, rows: int, hole: float
    ) -> None:
        """Add a sheet with columns times rows holes, each `hole` (0..1) of its cell wide and high."""
        a, b, c, d = np.asarray(corners, float)
        normal = np.cross(b - a, d - a)
        back = -normal / np.linalg.norm(normal) * thickness

        def place(u: Floats, v: Floats) -> Floats:
            across, up = u[..., None], v[..., None]
            return np.asarray(
                (a * (1 - across) + b * across) * (1 - up) + (d * (1 - across) + c * across) * up
            )

        u0, v0 = (grid.ravel() for grid in np.meshgrid(np.arange(columns) / columns, np.arange(rows) / rows))
        outer = _corners(u0, v0, 1 / columns, 1 / rows)
        edge = (1 - hole) / 2
        inner = _corners(u0 + edge / columns, v0 + edge / rows, hole / columns, hole / rows)
        fronts = outer if hole == 0 else _frames(outer, inner)
        walls = [_corners(np.zeros(1), np.zeros(1), 1.0, 1.0)[:, ::-1]] + ([inner] if hole > 0 else [])
        self._panel(place(fronts[..., 0], fronts[..., 1]), fronts, material)
        if thickness > 0:
            turned = fronts[:, ::-1]
            self._panel(place(turned[..., 0], turned[..., 1]) + back, turned, material)
            for loop in walls:
                near = place(loop[..., 0], loop[..., 1])
                following = np.roll(near, -1, axis=1)
                quads = np.stack([near, near + back, following + back, following], axis=2)
                self._panel(quads.reshape(-1, 4, 3), np.zeros((quads.size // 12, 4, 2)), material)

    def _panel(self, quads: Floats, uvs: Floats, material: Material) -> None:
        """Add quads (Q, 4, 3) with a place in the picture for each corner (Q, 4, 2)."""
        first = np.arange(len(quads)) * 4
        faces = np.concatenate([first[:, None] + [0, 1, 2], first[:, None] + [0, 2, 3]])
        self.add(quads.reshape(-1, 3), faces, material, uvs.reshape(-1, 2)[faces])


_BOX_QUADS = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])
_BOX_FACES = np.concatenate([_BOX_QUADS[:, [0, 1, 2]], _BOX_QUADS[:, [0, 2, 3]]])
_SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
_BOX_UVS = np.concatenate([np.tile(_SQUARE[[0, 1, 2]], (6, 1, 1)), np.tile(_SQUARE[[0, 2, 3]], (6, 1, 1))])


def _corners(u: Floats, v: Floats, width: float, height: float) -> Floats:
    """Return the corners (N, 4, 2) of cells, counter-clockwise."""
    return np.asarray(np.stack([u, v], axis=1)[:, None] + _SQUARE * [width, height])


def _frames(outer: Floats, inner: Floats) -> Floats:
    """Return four quads round each hole."""
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)]
    return np.concatenate(
        [np.stack([outer[:, i], outer[:, j], inner[:, j], inner[:, i]], axis=1) for i, j in pairs]
    )


def facing(along: Floats, up: Floats) -> Floats:
    """Return the quaternion that turns x to `along` and z to the normal of the plane of `along` and `up`."""
    x = along / np.linalg.norm(along)
    z = np.cross(x, up)
    z /= np.linalg.norm(z)
    return quaternion(np.stack([x, np.cross(z, x), z], axis=1))
