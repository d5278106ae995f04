package io.turnwise.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;

/**
 * The tensors of a small ResNet34, named and shaped as in PyTorch, with the weights of golden.py.
 * Tests change what they want to be wrong.
 */
public final class TinyResNet34 {
  /** Channels: as many as a kernel is wide, so that dimensions in a wrong order fit, too. */
  public static final int WIDTH = 3;

  public static final int DIMENSION = 12;

  private final Map<String, Array> tensors = new LinkedHashMap<>();

  private record Array(int[] shape, float[] values) {}

  private TinyResNet34() {}

  /** The network of golden.py. */
  public static TinyResNet34 golden() {
    return of(WIDTH, DIMENSION);
  }

  public static TinyResNet34 of(int width, int dimension) {
    TinyResNet34 network = new TinyResNet34();
    network.convolution("conv1", "bn1", width, 1, 3);
    int inputs = width;
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 1; stage <= 4; stage++) {
      int outputs = width << (stage - 1);
      for (int block = 0; block < blocks[stage - 1]; block++) {
        String name = "layer" + stage + "." + block + ".";
        network.convolution(name + "conv1", name + "bn1", outputs, inputs, 3);
        network.convolution(name + "conv2", name + "bn2", outputs, outputs, 3);
        if (inputs != outputs) {
          network.convolution(name + "shortcut.0", name + "shortcut.1", outputs, inputs, 1);
        }
        inputs = outputs;
      }
    }
    network.generate("seg_1.weight", dimension, 160 * width);
    network.generate("seg_1.bias", dimension);
    return network;
  }

  private void convolution(String name, String norm, int outputs, int inputs, int kernel) {
    generate(name + ".weight", outputs, inputs, kernel, kernel);
    for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      generate(norm + "." + part, outputs);
    }
  }

  private void generate(String name, int... shape) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double uniform = uniform(name, i);
      if (name.endsWith("running_var")) {
        values[i] = (float) (.25 + 2 * uniform);
      } else if (shape.length > 1) {
        values[i] = (float) ((2 * uniform - 1) * Math.sqrt(1.5 / (count / shape[0])));
      } else if (name.endsWith("weight")) {
        values[i] = (float) (.5 + uniform);
      } else {
        values[i] = (float) (.6 * uniform - .3);
      }
    }
    tensors.put(name, new Array(shape, values));
  }

  /** The number in [0, 1) that golden.py has for this name and index. */
  static double uniform(String name, int index) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    long h = crc.getValue() * 0x9E3779B97F4A7C15L + (index + 1) * 0xD1B54A32D192ED03L;
    h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
    h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
    return ((h ^ h >>> 31) >>> 40) * 0x1p-24;
  }

  /** The input of golden.py: frames x 80, row-major. */
  public static float[] feats(int frames) {
    float[] feats = new float[frames * 80];
    for (int i = 0; i < feats.length; i++) {
      feats[i] = (float) (8 * uniform("feats" + frames, i) - 4);
    }
    return feats;
  }

  public TinyResNet34 without(String name) {
    Objects.requireNonNull(tensors.remove(name), name);
    return this;
  }

  public TinyResNet34 with(String name, int[] shape, float... values) {
    tensors.put(name, new Array(shape, values));
    return this;
  }

  /** Changes one number. */
  public TinyResNet34 with(String name, int index, float value) {
    tensors.get(name).values[index] = value;
    return this;
  }

  /** A checkpoint as PyTorch saves it: with its counters, all names behind a prefix. */
  public byte[] safetensors(String prefix) {
    SafetensorsBytes file = new SafetensorsBytes();
    tensors.forEach(
        (name, array) -> {
          file.array(prefix + name, array.shape, array.values);
          if (name.endsWith("running_var")) {
            String counter = name.replace("running_var", "num_batches_tracked");
            byte[] steps =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(9).array();
            file.array(prefix + counter, "I64", new int[0], steps);
          }
        });
    return file.file();
  }

  /** The same numbers in 16 bits, a truncated float32. */
  public byte[] bfloat16() {
    SafetensorsBytes file = new SafetensorsBytes();
    tensors.forEach(
        (name, array) -> {
          ByteBuffer halves =
              ByteBuffer.allocate(array.values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
          for (float value : array.values) {
            halves.putShort((short) (Float.floatToIntBits(value) >>> 16));
          }
          file.array(name, "BF16", array.shape, halves.array());
        });
    return file.file();
  }

  /** Cuts the lower half off every number, as {@link #bfloat16()} does. */
  public TinyResNet34 truncated() {
    for (Array array : tensors.values()) {
      for (int i = 0; i < array.values.length; i++) {
        array.values[i] =
            Float.intBitsToFloat(Float.floatToIntBits(array.values[i]) & 0xffff0000);
      }
    }
    return this;
  }

  /** Kernels as (outputs, height, width, inputs), PyTorch's names: the MLX port as published. */
  public byte[] mlxAsPublished() {
    NpzBytes file = new NpzBytes();
    channelsLast((name, array) -> file.array("resnet." + name, array.shape, array.values));
    return file.file();
  }

  /** The same with the names that the MLX port's own code has. */
  public byte[] mlx() {
    NpzBytes file = new NpzBytes();
    channelsLast((name, array) -> file.array(inMlx(name), array.shape, array.values));
    return file.file();
  }

  /** The same, deflated, blocks in lists as MLX's Sequential names them. */
  public byte[] mlxModule() {
    NpzBytes file = new NpzBytes();
    channelsLast(
        (name, array) ->
            file.deflated(
                inMlx(name).replaceFirst("^(layer.)", "$1.layers"), array.shape, array.values));
    return file.file();
  }

  private static String inMlx(String name) {
    return name.replace("shortcut.0", "shortcut_conv")
        .replace("shortcut.1", "shortcut_bn")
        .replace("seg_1", "fc");
  }

  private void channelsLast(BiConsumer<String, Array> to) {
    tensors.forEach((name, array) -> to.accept(name, channelsLast(array)));
  }

  private static Array channelsLast(Array array) {
    int[] shape = array.shape;
    if (shape.length != 4) {
      return array;
    }
    int inputs = shape[1];
    int area = shape[2] * shape[3];
    float[] turned = new float[array.values.length];
    for (int i = 0; i < turned.length; i++) {
      int output = i / (area * inputs);
      int place = i / inputs % area;
      int input = i % inputs;
      turned[i] = array.values[(output * inputs + input) * area + place];
    }
    return new Array(new int[] {shape[0], shape[2], shape[3], inputs}, turned);
  }
}
