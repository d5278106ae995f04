/**
 * What is done to a model before it runs: published weights become an ONNX graph, and a graph
 * becomes a quantized one. Nothing here is needed while calls are tracked.
 */
package io.turnwise.conversion;
