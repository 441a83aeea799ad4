"""From a `LightSpec` to Blender's lamps and surrounding light."""

from pathlib import Path
from typing import Any

import bpy

from cart.scenes.take import LightSpec

SKY_MAP = 128
"""Resolution at which the sky is searched for its bright places; the default costs 2 s a scene."""


def skies() -> dict[str, Path]:
    """Return the surrounding lights that come with Blender (CC0), by name."""
    folder = Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"
    return {file.stem: file for file in sorted(folder.glob("*.exr"))}


def add_light(scene: Any, light: LightSpec) -> None:
    """Add lamps and surrounding light to a scene.

    Raises:
        ValueError: There is no such surrounding light.
    """
    for n, lamp in enumerate(light.lamps):
        _lamp(scene, f"lamp {n}", lamp)
    found = skies()
    if light.sky not in found:
        raise ValueError(f"no surrounding light is called {light.sky!r}; choose one of {', '.join(found)}")
    _sky(scene, light, found[light.sky])


def _lamp(scene: Any, name: str, lamp: tuple[float, ...]) -> None:
    """Add a panel that shines downwards."""
    x, y, z, length, width, watts, kelvin, turn = lamp
    data = bpy.data.lights.new(name, "AREA")
    data.shape = "RECTANGLE"
    data.size, data.size_y = length, width
    data.energy = watts
    data.use_temperature = True
    data.temperature = kelvin
    made = bpy.data.objects.new(name, data)
    made.location = (x, y, z)
    made.rotation_euler = (0, 0, turn)
    scene.collection.objects.link(made)


def _sky(scene: Any, light: LightSpec, file: Path) -> None:
    """Light the scene from all around by an equirectangular picture."""
    world = bpy.data.worlds.new("sky")
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.image = bpy.data.images.load(str(file), check_existing=True)
    place, turned = nodes.new("ShaderNodeTexCoord"), nodes.new("ShaderNodeMapping")
    turned.inputs["Rotation"].default_value = (0, 0, light.sky_turn)
    links.new(place.outputs["Generated"], turned.inputs["Vector"])
    links.new(turned.outputs["Vector"], picture.inputs["Vector"])
    links.new(picture.outputs["Color"], nodes["Background"].inputs["Color"])
    nodes["Background"].inputs["Strength"].default_value = light.sky_strength
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = SKY_MAP
    scene.world = world
