"""Pictures of releases as SVG made here: no script, no tiles, nothing fetched.

A status never looks like a figure: solid for figures, hatched for withheld, pale for a known zero, a dotted outline for
places not observed, cross-hatched with a lock for refused. Colours are classes of the style sheet; every picture is an
image with a title and a description, and has its table twin in `blocks`.
"""

from safeconduct.present.maps.areas import choropleth, small_maps
from safeconduct.present.maps.changes import change_map
from safeconduct.present.maps.flows import flow_map
from safeconduct.present.maps.lines import series
from safeconduct.present.maps.shapes import Shapes, shapes

__all__ = ["Shapes", "change_map", "choropleth", "flow_map", "series", "shapes", "small_maps"]
