/**
 * Static int8 quantization of convolutional networks, written for the kernels of ONNX Runtime's CPU
 * provider. {@link io.turnwise.conversion.quantize.Quantizer} is the way in.
 */
package io.turnwise.conversion.quantize;
