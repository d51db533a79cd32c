/* The table of detectors, in the order in which they judge. */
#include "detect/detector.h"

const struct detector *const csan__detectors[DETECTORS] = {
#define DETECTOR(name) &csan__detector_##name,
#include "detect/detectors.inc"
#undef DETECTOR
};
