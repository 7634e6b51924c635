// Label smoothing.

#ifndef LOSS_SMOOTHING_H
#define LOSS_SMOOTHING_H

// The target of a class: a share of what is spread over all of them, and the rest if it is the label's.
#define SMOOTHED(isLabel, smoothing, classes) ((isLabel ? 1.0f - (smoothing) : 0.0f) + (smoothing) / (float)(classes))

#endif
