# SPDX-License-Identifier: GPL-2.0-or-later
# Nested cross-validation of CARS without random steps and PLSR with the package pls: the peer of
# `inversion_work nested`. Prints seconds and the sum of squared errors of every repeat.
#
#   Rscript nested_pls.R <file> <n> <p> <repeats> <folds>
#
# The file holds [n, p] and [n] doubles, then [repeats, n] outer folds from 0.
suppressMessages(library(pls))
argument <- commandArgs(TRUE)
n <- as.integer(argument[2])
p <- as.integer(argument[3])
repeats <- as.integer(argument[4])
folds <- as.integer(argument[5])
raw <- readBin(argument[1], "double", n * p + n + repeats * n)
x <- matrix(raw[seq_len(n * p)], n, p, byrow = TRUE)
y <- raw[n * p + seq_len(n)]
fold <- matrix(raw[n * p + n + seq_len(repeats * n)], repeats, n, byrow = TRUE)
steps <- 50
most <- 10

select_and_fit <- function(x, y, fresh) {
  centre <- colMeans(x)
  spread <- apply(x, 2, sd)
  z <- scale(x, centre, spread)
  segments <- split(seq_along(y), (seq_along(y) - 1) %% 5)
  k <- log(p / 2) / (steps - 1)
  first <- (p / 2)^(1 / (steps - 1))
  members <- seq_len(p)
  best <- Inf
  for (step in seq_len(steps)) {
    a <- min(most, length(members))
    fit <- plsr(y ~ z, data = list(y = y, z = z[, members, drop = FALSE]), ncomp = a, method = "kernelpls",
                validation = "CV", segments = segments)
    rmsecv <- sqrt(fit$validation$PRESS[1, ] / length(y))
    if (min(rmsecv) < best) {
      best <- min(rmsecv)
      components <- which.min(rmsecv)
      chosen <- members
      kept <- fit
    }
    weight <- abs(fit$coefficients[, 1, a])
    count <- max(2, floor(p * first * exp(-k * (step + 1)) + 0.5))
    members <- sort(members[order(-weight)[seq_len(min(count, length(members)))]])
  }
  fresh <- scale(fresh, centre, spread)[, chosen, drop = FALSE]
  predict(kept, newdata = list(z = fresh), ncomp = components)[, 1, 1]
}

start <- proc.time()
squares <- numeric(repeats)
for (r in seq_len(repeats)) {
  for (f in seq_len(folds) - 1) {
    test <- which(fold[r, ] == f)
    error <- select_and_fit(x[-test, ], y[-test], x[test, , drop = FALSE]) - y[test]
    squares[r] <- squares[r] + sum(error^2)
  }
}
taken <- proc.time() - start
cat("seconds", format(taken[["elapsed"]], digits = 9), format(taken[["user.self"]] + taken[["sys.self"]], digits = 9), "\n")
cat("squares", format(squares, digits = 15), "\n")
