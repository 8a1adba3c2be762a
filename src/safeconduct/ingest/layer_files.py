"""Which reader a file of places has, by the end of its name."""

from collections.abc import Iterator
from pathlib import Path

from safeconduct.ingest.layer_geojson import geojson_features
from safeconduct.ingest.layer_geopackage import geopackage_features
from safeconduct.ingest.layer_shapefile import shapefile_features
from safeconduct.ingest.layers import Feature

OF_LAYERS = (".gpkg", ".zip")


def features(folder: Path, named: str) -> Iterator[Feature]:
    """The features of a file that a mapping names; what is no GeoPackage and no Shapefile is taken for GeoJSON.

    Args:
        folder: Where the mapping's files are.
        named: Name of the file, with `#layer` after it where it holds several.

    Raises:
        BadMapping: The file or layer is not there.
        BadInput: It is not what its name says, or not in degrees.
    """
    file, _, layer = named.partition("#")
    ending = Path(file).suffix.lower()
    if ending == ".gpkg":
        return geopackage_features(folder / file, file, layer)
    if ending == ".shp" or ending in OF_LAYERS:
        return shapefile_features(folder / file, file, layer)
    return geojson_features(folder / named, named)
