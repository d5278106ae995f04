package io.turnwise.conversion.quantize;

/** Ways to choose the range of a tensor from the values it took on the calibration sound. */
enum RangeRule {
  MIN_MAX("all values") {
    @Override
    Scale scale(Distribution values) {
      return values.whole();
    }
  },
  ALL_BUT_1_IN_100_000("all but 1 in 100,000 a side") {
    @Override
    Scale scale(Distribution values) {
      return values.without(1e-5);
    }
  },
  ALL_BUT_1_IN_10_000("all but 1 in 10,000 a side") {
    @Override
    Scale scale(Distribution values) {
      return values.without(1e-4);
    }
  },
  ALL_BUT_1_IN_1_000("all but 1 in 1,000 a side") {
    @Override
    Scale scale(Distribution values) {
      return values.without(1e-3);
    }
  },
  LEAST_SQUARES("least squares") {
    @Override
    Scale scale(Distribution values) {
      return values.leastSquares();
    }
  };

  private final String words;

  RangeRule(String words) {
    this.words = words;
  }

  abstract Scale scale(Distribution values);

  @Override
  public String toString() {
    return words;
  }
}
