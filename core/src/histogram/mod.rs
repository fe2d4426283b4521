//! The mathematics of histograms, one subject per file.
