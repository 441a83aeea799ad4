"""From a `Material` to Blender's shader nodes."""

from typing import Any

import bpy
import numpy as np

from cart.scenes.geometry import Bytes, Material

SKIN_RADIUS = (1.0, 0.35, 0.2)
"""How far red, green and blue light wander in skin, relative to each other."""


def linear(color: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """Return an sRGB colour as Blender wants it: linear, with alpha."""
    srgb = np.clip(np.asarray(color, float), 0, 1)
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return float(light[0]), float(light[1]), float(light[2]), 1.0


def image(name: str, picture: Bytes) -> Any:
    """Return Blender's image of a picture (H, W, 3) in sRGB."""
    height, width = picture.shape[:2]
    made = bpy.data.images.new(name, width, height, alpha=False)
    pixels = np.ones((height, width, 4), np.float32)
    pixels[..., :3] = picture[::-1].astype(np.float32) / 255
    made.pixels.foreach_set(pixels.ravel())
    made.update()
    return made


def material(name: str, look: Material, pictures: dict[str, Any]) -> Any:
    """Return Blender's material of a look; `pictures` are Blender's images by name."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    surface = nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = linear(look.color)
    surface.inputs["Roughness"].default_value = look.roughness
    surface.inputs["Metallic"].default_value = look.metallic
    picture = None
    if look.picture is not None:
        picture = nodes.new("ShaderNodeTexImage")
        picture.image = pictures[look.picture]
        picture.extension = "REPEAT"
        links.new(picture.outputs["Color"], surface.inputs["Base Color"])
    if look.subsurface > 0:
        surface.inputs["Subsurface Weight"].default_value = look.subsurface
        surface.inputs["Subsurface Radius"].default_value = SKIN_RADIUS
        surface.inputs["Subsurface Scale"].default_value = 0.006
    if look.bump > 0:
        links.new(_bumps(made.node_tree, look).outputs["Normal"], surface.inputs["Normal"])
    if look.transmission > 0:
        _clear(made.node_tree, look, surface)
    return made


def _bumps(tree: Any, look: Material) -> Any:
    """Add fine random unevenness, fixed to the thing."""
    place = tree.nodes.new("ShaderNodeTexCoord")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 1 / max(look.bump_scale, 1e-4)
    noise.inputs["Detail"].default_value = 1.0
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 1.0
    bump.inputs["Distance"].default_value = look.bump * 1e-3
    tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
    tree.links.new(noise.outputs["Fac"], bump.inputs["Height"])
    return bump


def _clear(tree: Any, look: Material, surface: Any) -> None:
    """Let part of the light straight through, tinted, below a clear shine: a thin film or a bottle's wall."""
    nodes, links = tree.nodes, tree.links
    through = nodes.new("ShaderNodeBsdfTransparent")
    base = np.array(linear(look.color)[:3])
    through.inputs["Color"].default_value = (*(1 - look.tint * (1 - base)), 1.0)
    shine = nodes.new("ShaderNodeBsdfGlossy")
    shine.inputs["Roughness"].default_value = look.roughness
    fresnel = nodes.new("ShaderNodeFresnel")
    fresnel.inputs["IOR"].default_value = 1.45
    film = nodes.new("ShaderNodeMixShader")
    links.new(fresnel.outputs["Fac"], film.inputs["Fac"])
    links.new(through.outputs["BSDF"], film.inputs[1])
    links.new(shine.outputs["BSDF"], film.inputs[2])
    for bump in [node for node in nodes if node.type == "BUMP"]:
        links.new(bump.outputs["Normal"], shine.inputs["Normal"])
        links.new(bump.outputs["Normal"], fresnel.inputs["Normal"])
    mixed = nodes.new("ShaderNodeMixShader")
    mixed.inputs["Fac"].default_value = look.transmission
    links.new(surface.outputs["BSDF"], mixed.inputs[1])
    links.new(film.outputs["Shader"], mixed.inputs[2])
    links.new(mixed.outputs["Shader"], nodes["Material Output"].inputs["Surface"])
