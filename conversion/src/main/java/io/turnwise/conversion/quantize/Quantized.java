package io.turnwise.conversion.quantize;

import java.util.Map;

/**
 * What came out of a quantization.
 *
 * @param file the int8 model, an ONNX file; owned by the receiver
 * @param convolutions convolutions that are computed in int8
 * @param additions additions that are computed in int8
 * @param left convolutions that stay in float32
 * @param ranges how the ranges of the activations were chosen, in words
 * @param tried each way that was tried, in words, and the mean of 1 - cosine it had on the windows
 *     it was chosen by
 * @param heldOut agreement with the float network on windows that had no part in it
 */
public record Quantized(
    byte[] file,
    long convolutions,
    long additions,
    long left,
    String ranges,
    Map<String, Double> tried,
    Agreement heldOut) {}
