"""Draw a person on a sheet: far limbs, trunk and head, near limbs."""

from challenge.drawings import outlines
from challenge.drawings.body import Skeleton
from challenge.drawings.sheet import Sheet


def draw_far(sheet: Sheet, body: Skeleton) -> None:
    draw_arm(sheet, body, "far")
    draw_leg(sheet, body, "far")


def draw_trunk(sheet: Sheet, body: Skeleton) -> None:
    sheet.smooth(outlines.round_of_head(body, outlines.BUN), "hair", "hair-edge")
    sheet.smooth(outlines.neck(body), "skin", "skin-edge")
    sheet.smooth(outlines.head(body), "skin", "skin-edge")
    sheet.smooth(outlines.head(body, outlines.HAIR), "hair", "hair-edge")
    sheet.line(outlines.head(body, outlines.LIDS), "hair", 1.2)
    sheet.smooth(outlines.round_of_head(body, outlines.EAR), "skin", "skin-edge", 1)
    sheet.smooth(outlines.trunk(body), "top", "top-edge")
    sheet.smooth(outlines.trunk(body, outlines.WAIST), "tights", "tights-edge")


def draw_leg(sheet: Sheet, body: Skeleton, side: str) -> None:
    far = "-far" if side == "far" else ""
    skin, tights, edge = f"skin{far}", f"tights{far}", f"tights{far}-edge"
    knee, ankle = body[f"{side} knee"], body[f"{side} ankle"]
    sheet.smooth(outlines.toes(body, side), skin, "skin-edge")
    sheet.smooth(outlines.shank(body, side), skin, "skin-edge")
    sheet.smooth(outlines.foot(body, side), skin, "skin-edge")
    sheet.smooth(outlines.joint(ankle, knee, 1.5, 3.5), skin)
    sheet.smooth(outlines.shin(body, side), tights, edge)
    sheet.smooth(outlines.thigh(body, side), tights, edge)
    sheet.smooth(outlines.joint(knee, ankle, 3.0, 3.5), tights)
    if side == "near":
        sheet.smooth(outlines.hip_patch(body), tights)


def draw_arm(sheet: Sheet, body: Skeleton, side: str) -> None:
    far = "-far" if side == "far" else ""
    skin = f"skin{far}"
    elbow, wrist = body[f"{side} elbow"], body[f"{side} wrist"]
    for shape in (outlines.thumb(body, side), outlines.hand(body, side)):
        sheet.smooth(shape, skin, "skin-edge", 1.2)
    sheet.smooth(outlines.upper_arm(body, side), skin, "skin-edge")
    sheet.smooth(outlines.forearm(body, side), skin, "skin-edge")
    sheet.smooth(outlines.joint(elbow, body["shoulder"], 1.85, 2.5), skin)
    sheet.smooth(outlines.joint(wrist, 2 * wrist - elbow, 1.1, 1.4), skin)
