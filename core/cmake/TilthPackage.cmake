# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package: `cmake --workflow --preset package` leaves build/package/tilth_<version>_<architecture>.deb with the
# library, the command, GDAL's plugin, the QGIS plugin, styles and documentation.
set(CPACK_PACKAGE_VENDOR "tilth")
set(CPACK_PACKAGE_CONTACT "The tilth developers <tilth@${TILTH_PUBLISHER}>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
  "tilth makes maps of soil organic matter, arsenic, copper and other properties
from hyperspectral satellite scenes, laboratory spectra and a digital elevation
model, with prediction intervals, cross-validation, terrain and stream layers
and a report. It is a command, a C library, a set of GDAL pixel functions and a
QGIS Processing plugin.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "proj-data, python3, python3-numpy, python3-plotly, python3-jinja2")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gdal-bin, qgis, python3-qgis, python3-gdal")
file(WRITE ${CMAKE_BINARY_DIR}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/triggers)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
