"""A job's take as a Blender scene: built once, then moved from frame to frame.

The shutter opens at Blender's frame 0, the truth is told of frame 1, the shutter closes at frame 2: whatever
moves in a frame of the take gets keys there, whatever stands still gets none and so costs Cycles no update.
"""

from pathlib import Path
from typing import Any

import bpy
import cv2
import numpy as np
from mathutils import Matrix

from cart.scenes.geometry import Bytes, Floats, Model
from cart.scenes.render.lights import add_light
from cart.scenes.render.materials import image, material
from cart.scenes.render.state import Moments, State
from cart.scenes.stage.cameras import axes
from cart.scenes.stage.lens import focal_length, rendered_size
from cart.scenes.stage.surroundings import REPEAT
from cart.scenes.take import CameraSpec

SAMPLES = 2
OPEN, MIDDLE, CLOSED = 0, 1, 2
LARGEST_PICTURE = 768
"""Pixels, of the pictures on things."""


class Scene:
    """Blender's scene of one state."""

    def __init__(self, state: State, seed: int, samples: int = SAMPLES) -> None:
        _clear()
        bpy.context.preferences.edit.keyframe_new_interpolation_type = "LINEAR"
        self._scene = bpy.context.scene
        _settings(self._scene, seed, samples)
        _camera(self._scene, state.take.camera)
        add_light(self._scene, state.take.light)
        self._ground = bpy.data.objects.new("ground", None)
        self._scene.collection.objects.link(self._ground)
        self._add("cart", state.cart)
        for n, thing in enumerate(state.surroundings):
            mesh = self._mesh(f"around {n}", thing.model)
            for along in (-REPEAT, 0.0, REPEAT) if thing.repeats else (0.0,):
                made = self._object(f"around {n}", mesh)
                made.location = (0.0, along, 0.0)
                made.parent = self._ground
        meshes: dict[str, Any] = {}
        self._items = []
        for n, gtin in enumerate(state.take.products):
            if gtin not in meshes:
                meshes[gtin] = self._mesh(gtin, state.models[gtin])
            self._items.append(self._object(f"item {n}", meshes[gtin]))
        self._arms = [self._arm(f"arm {n}", arm.model) for n, arm in enumerate(state.arms)]
        self._scene.frame_set(MIDDLE)

    def show(self, moments: Moments) -> None:
        """Put everything where it is at a frame's three moments."""
        for thing, poses in zip(self._items, moments.items, strict=True):
            _place(thing, poses)
        ground = np.zeros((3, 7))
        laps = np.round(moments.floor_shift[1, 1] / REPEAT) * REPEAT
        ground[:, :2], ground[:, 3] = moments.floor_shift - [0, laps], 1
        _place(self._ground, ground)
        for thing, vertices in zip(self._arms, moments.arms, strict=True):
            _bend(thing, vertices)
        self._scene.frame_set(MIDDLE)

    def render(self, file: Path, part: tuple[int, int, int, int] | None = None, scale: float = 1.0) -> Floats:
        """Render, in linear light (H, W, 3).

        Args:
            file: Where Blender may write its picture; it is removed again.
            part: Left, top, right and lower edge in pixels of what to render; else all.
            scale: Size of the picture as a share of the camera's.
        """
        render = self._scene.render
        render.resolution_percentage = round(100 * scale)
        render.use_border = render.use_crop_to_border = part is not None
        if part is not None:
            width, height = render.resolution_x, render.resolution_y
            render.border_min_x, render.border_max_x = _edge(part[0], width), _edge(part[2], width)
            render.border_min_y, render.border_max_y = (
                _edge(height - part[3], height),
                _edge(height - part[1], height),
            )
        render.filepath = str(file)
        try:
            bpy.ops.render.render(write_still=True)
            return _read(file)
        finally:
            file.unlink(missing_ok=True)

    def _add(self, name: str, model: Model) -> Any:
        return self._object(name, self._mesh(name, model))

    def _object(self, name: str, mesh: Any) -> Any:
        made = bpy.data.objects.new(name, mesh)
        made.rotation_mode = "QUATERNION"
        self._scene.collection.objects.link(made)
        return made

    def _mesh(self, name: str, model: Model) -> Any:
        made = bpy.data.meshes.new(name)
        faces = np.asarray(model.faces)
        made.vertices.add(len(model.vertices))
        made.vertices.foreach_set("co", np.asarray(model.vertices, np.float32).ravel())
        made.loops.add(faces.size)
        made.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
        made.polygons.add(len(faces))
        made.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
        pictures = {key: image(f"{name} {key}", _small(picture)) for key, picture in model.pictures.items()}
        for n, look in enumerate(model.materials):
            made.materials.append(material(f"{name} {n}", look, pictures))
        made.polygons.foreach_set("material_index", np.asarray(model.face_materials, np.int32))
        if pictures:
            layer = made.uv_layers.new(name="uv")
            layer.uv.foreach_set("vector", np.asarray(model.uvs, np.float32).ravel())
        made.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
        made.update(calc_edges=True)
        made.set_sharp_from_angle(angle=np.radians(model.sharp_degrees))
        return made

    def _arm(self, name: str, model: Model) -> Any:
        made = self._add(name, model)
        for key in ("middle", "open", "closed"):
            made.shape_key_add(name=key, from_mix=False)
        _key(made.data.shape_keys.key_blocks["open"], "value", ((OPEN, 1.0), (MIDDLE, 0.0), (CLOSED, 0.0)))
        _key(made.data.shape_keys.key_blocks["closed"], "value", ((OPEN, 0.0), (MIDDLE, 0.0), (CLOSED, 1.0)))
        return made


def _clear() -> None:
    """Remove all that an earlier scene, or Blender's start, has left."""
    data = bpy.data
    kinds = (data.objects, data.meshes, data.materials, data.images, data.lights, data.cameras, data.worlds)
    for kind in (*kinds, data.shape_keys, data.actions):
        bpy.data.batch_remove(kind)


def _settings(scene: Any, seed: int, samples: int) -> None:
    """Set Cycles to what looks well enough at the least cost."""
    scene.render.engine = "CYCLES"
    cycles, render = scene.cycles, scene.render
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.seed = seed % 2**31
    cycles.sampling_pattern = "BLUE_NOISE"  # so few samples leave an error that the denoiser removes
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "FAST"
    cycles.denoising_quality = "BALANCED"
    cycles.max_bounces = 3
    cycles.diffuse_bounces = 1
    cycles.glossy_bounces = 2
    cycles.transmission_bounces = 2
    cycles.transparent_max_bounces = 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 3.0
    cycles.use_auto_tile = False
    cycles.use_light_tree = False
    cycles.debug_use_spatial_splits = False
    render.threads_mode, render.threads = "FIXED", 1
    render.use_persistent_data = True
    render.use_motion_blur = True
    render.motion_blur_position = "CENTER"
    render.motion_blur_shutter = 2.0
    render.use_compositing = render.use_sequencer = False
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"


def _camera(scene: Any, camera: CameraSpec) -> None:
    """Add the camera, its picture larger by what the lens will pull in."""
    width, height = rendered_size(camera)
    data = bpy.data.cameras.new("camera")
    data.sensor_fit = "HORIZONTAL"
    data.angle = 2 * np.arctan(width / 2 / focal_length(camera))
    data.clip_start = 0.01
    made = bpy.data.objects.new("camera", data)
    right, down, forward = axes(camera)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, -down, -forward], axis=1)
    matrix[:3, 3] = camera.place
    made.matrix_world = Matrix(matrix.tolist())
    scene.collection.objects.link(made)
    scene.camera = made
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100


def _edge(pixels: int, size: int) -> float:
    """Return a border's edge as a share of the picture; Blender cuts fractions of a pixel off."""
    return min(1.0, (pixels + 0.25) / size)


def _read(file: Path) -> Floats:
    """Return the linear light (H, W, 3) in a file that Blender wrote."""
    loaded = bpy.data.images.load(str(file))
    width, height = loaded.size
    pixels = np.empty(width * height * 4, np.float32)
    loaded.pixels.foreach_get(pixels)
    bpy.data.images.remove(loaded)
    return pixels.reshape(height, width, 4)[::-1, :, :3]


def _small(picture: Bytes) -> Bytes:
    """Return a picture no larger than the camera could show: finer detail would only flicker."""
    share = LARGEST_PICTURE / max(picture.shape[:2])
    if share >= 1:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def _place(thing: Any, poses: Floats) -> None:
    """Put a thing where it is at three moments (3, 7); NaN hides it."""
    thing.hide_render = bool(np.isnan(poses).any())
    if thing.hide_render:
        return
    turns = poses[:, 3:].copy()
    for n in (1, 2):
        if turns[n] @ turns[n - 1] < 0:
            turns[n] *= -1
    moving = np.abs(np.diff(poses[:, :3], axis=0)).max() > 1e-6 or np.abs(np.diff(turns, axis=0)).max() > 1e-6
    if thing.animation_data is not None:
        thing.animation_data_clear()
    if not moving:
        if not np.allclose(thing.location, poses[1, :3], atol=1e-7) or not np.allclose(
            thing.rotation_quaternion, turns[1], atol=1e-7
        ):
            thing.location, thing.rotation_quaternion = poses[1, :3], turns[1]
        return
    for moment in (OPEN, MIDDLE, CLOSED):
        thing.location, thing.rotation_quaternion = poses[moment, :3], turns[moment]
        thing.keyframe_insert("location", frame=moment)
        thing.keyframe_insert("rotation_quaternion", frame=moment)


def _bend(thing: Any, vertices: Floats) -> None:
    """Give an arm its vertices at three moments (3, V, 3); NaN hides it."""
    thing.hide_render = bool(np.isnan(vertices).any())
    if thing.hide_render:
        return
    blocks = thing.data.shape_keys.key_blocks
    for moment, name in ((OPEN, "open"), (MIDDLE, "middle"), (CLOSED, "closed")):
        blocks[name].data.foreach_set("co", vertices[moment].astype(np.float32).ravel())
    thing.data.vertices.foreach_set("co", vertices[MIDDLE].astype(np.float32).ravel())
    thing.data.update()


def _key(holder: Any, name: str, keys: tuple[tuple[int, float], ...]) -> None:
    for frame, value in keys:
        setattr(holder, name, value)
        holder.keyframe_insert(name, frame=frame)
