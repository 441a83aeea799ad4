"""Writes the id mask that Cycles itself sees: every thing glows with its id. Runs in Blender's Python."""

import sys
from pathlib import Path

import bpy
import cv2
import numpy as np

from cart.scenes.render.protocol import read_job
from cart.scenes.render.scene import Scene
from cart.scenes.render.state import read_state

job = read_job(Path(sys.argv[1]))
state = read_state(job)
scene = Scene(state, 0, samples=1)
scene.show(state.moments(int(sys.argv[2])))
cycles = bpy.context.scene.cycles
cycles.use_denoising = False
cycles.pixel_filter_type, cycles.filter_width = "BOX", 0.01
bpy.context.scene.render.use_motion_blur = False
for light in list(bpy.data.lights):
    bpy.data.lights.remove(light)
bpy.context.scene.world = None
for thing in bpy.data.objects:
    if thing.type != "MESH":
        continue
    number = {"c": 255, "i": 1, "a": 0}[thing.name[0]]
    if thing.name.startswith("item"):
        number += int(thing.name.split()[1])
    glow = bpy.data.materials.new("glow")
    glow.use_nodes = True
    glow.node_tree.nodes.clear()
    shine = glow.node_tree.nodes.new("ShaderNodeEmission")
    shine.inputs["Strength"].default_value = number
    output = glow.node_tree.nodes.new("ShaderNodeOutputMaterial")
    glow.node_tree.links.new(shine.outputs["Emission"], output.inputs["Surface"])
    thing.data.materials.clear()
    thing.data.materials.append(glow)
light = scene.render(Path(sys.argv[1]) / "flat.exr")
cv2.imwrite(sys.argv[3], np.rint(light[..., 0]).astype(np.uint8))
