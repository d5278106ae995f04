package io.turnwise.conversion.resnet;

/**
 * A convolution with its normalisation worked into it.
 *
 * @param weight kernel, (outputs, inputs, height, width) row-major
 * @param bias one for each output
 */
record FoldedConvolution(float[] weight, float[] bias) {
  /**
   * Folds y = gamma (conv(x) - mean) / sqrt(variance + epsilon) + beta, in double precision.
   *
   * @param kernel (outputs, inputs, height, width) row-major
   */
  static FoldedConvolution of(
      Convolution convolution,
      float[] kernel,
      float[] gamma,
      float[] beta,
      float[] mean,
      float[] variance) {
    int outputs = convolution.outputs();
    int each = kernel.length / outputs;
    float[] weight = new float[kernel.length];
    float[] bias = new float[outputs];
    for (int output = 0; output < outputs; output++) {
      double scale = gamma[output] / Math.sqrt(variance[output] + Architecture.NORM_EPSILON);
      for (int i = output * each; i < (output + 1) * each; i++) {
        weight[i] = (float) (kernel[i] * scale);
      }
      bias[output] = (float) (beta[output] - mean[output] * scale);
    }
    return new FoldedConvolution(weight, bias);
  }
}
