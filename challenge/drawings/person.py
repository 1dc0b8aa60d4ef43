"""A person on a sheet: far limbs, trunk and head, near limbs."""

from challenge.drawings import flesh
from challenge.drawings.body import Skeleton
from challenge.drawings.sheet import Sheet


def draw_far(sheet: Sheet, body: Skeleton) -> None:
    draw_arm(sheet, body, "far")
    draw_leg(sheet, body, "far")


def draw_trunk(sheet: Sheet, body: Skeleton) -> None:
    sheet.smooth(flesh.round_of_head(body, flesh.BUN), "hair", "hair-edge")
    sheet.smooth(flesh.neck(body), "skin", "skin-edge")
    sheet.smooth(flesh.head(body), "skin", "skin-edge")
    sheet.smooth(flesh.head(body, flesh.HAIR), "hair", "hair-edge")
    sheet.line(flesh.head(body, flesh.LIDS), "hair", 1.2)
    sheet.smooth(flesh.round_of_head(body, flesh.EAR), "skin", "skin-edge", 1)
    sheet.smooth(flesh.trunk(body), "top", "top-edge")
    sheet.smooth(flesh.trunk(body, flesh.WAIST), "tights", "tights-edge")


def draw_leg(sheet: Sheet, body: Skeleton, side: str) -> None:
    far = "-far" if side == "far" else ""
    skin, tights, edge = f"skin{far}", f"tights{far}", f"tights{far}-edge"
    knee, ankle = body[f"{side} knee"], body[f"{side} ankle"]
    sheet.smooth(flesh.toes(body, side), skin, "skin-edge")
    sheet.smooth(flesh.shank(body, side), skin, "skin-edge")
    sheet.smooth(flesh.foot(body, side), skin, "skin-edge")
    sheet.smooth(flesh.joint(ankle, knee, 1.5, 3.5), skin)
    sheet.smooth(flesh.shin(body, side), tights, edge)
    sheet.smooth(flesh.thigh(body, side), tights, edge)
    sheet.smooth(flesh.joint(knee, ankle, 3.0, 3.5), tights)
    if side == "near":
        sheet.smooth(flesh.hip_patch(body), tights)


def draw_arm(sheet: Sheet, body: Skeleton, side: str) -> None:
    far = "-far" if side == "far" else ""
    skin = f"skin{far}"
    elbow, wrist = body[f"{side} elbow"], body[f"{side} wrist"]
    if body.spread[side]:
        shapes = [*flesh.fingers(body, side), flesh.palm(body, side)]
    else:
        shapes = [flesh.thumb(body, side), flesh.hand(body, side)]
    for shape in shapes:
        sheet.smooth(shape, skin, "skin-edge", 1.2)
    sheet.smooth(flesh.upper_arm(body, side), skin, "skin-edge")
    sheet.smooth(flesh.forearm(body, side), skin, "skin-edge")
    sheet.smooth(flesh.joint(elbow, body["shoulder"], 1.85, 2.5), skin)
    sheet.smooth(flesh.joint(wrist, 2 * wrist - elbow, 1.1, 1.4), skin)
