"""Drawings that are not a person from the side."""

from challenge.drawings.above import childs_pose_to_side
from challenge.drawings.front import ball_spot, psoas_front
from challenge.drawings.side import psoas_side

PLATES = {
    "ball-release-2": ball_spot,
    "childs-pose-side-reach-2": childs_pose_to_side,
    "psoas-front": psoas_front,
    "psoas-side": psoas_side,
}
