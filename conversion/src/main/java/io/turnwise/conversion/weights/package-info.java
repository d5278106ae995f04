/**
 * Files of named arrays as other toolkits publish them: NumPy's {@code .npz} and {@code
 * .safetensors}. Nothing in such a file is executed, and nothing it says of itself is believed
 * before it is checked.
 */
package io.turnwise.conversion.weights;
