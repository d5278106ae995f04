/**
 * WeSpeaker's ResNet34 from its published weights: names and shapes checked, batch normalisation
 * folded, the graph written as ONNX.
 */
package io.turnwise.conversion.resnet;
