package io.turnwise.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts made-up values into an ONNX file whose tensors lie in a file that is missing: tensor number
 * i of them, counted from 1, gets {@link RepeatableNoise} of seed i, scaled by sqrt(6 / fan-in), or
 * by 0.1 where it has one axis.
 */
public final class FilledGraph {
  private final byte[] in;
  private int seed;

  private FilledGraph(byte[] in) {
    this.in = in;
  }

  public static byte[] of(byte[] file) {
    return new FilledGraph(file).model();
  }

  private interface Field {
    /** Writes what is to stand in the field's place; its content is [from, to). */
    boolean replaced(int number, int from, int to, ByteArrayOutputStream out);
  }

  private byte[] model() {
    return copy(
        0,
        in.length,
        (number, from, to, out) -> {
          if (number != 7) {
            return false;
          }
          put(out, 7, graph(from, to));
          return true;
        });
  }

  private byte[] graph(int begin, int end) {
    return copy(
        begin,
        end,
        (number, from, to, out) -> {
          if (number != 5) {
            return false;
          }
          put(out, 5, tensor(from, to));
          return true;
        });
  }

  private byte[] tensor(int begin, int end) {
    List<Integer> shape = new ArrayList<>();
    boolean[] outside = {false};
    byte[] kept =
        copy(
            begin,
            end,
            (number, from, to, out) -> {
              if (number == 1) {
                int[] at = {from};
                while (at[0] < to) {
                  shape.add((int) varint(at));
                }
              }
              outside[0] |= number == 13;
              return number == 13 || number == 14;
            });
    if (!outside[0]) {
      return Arrays.copyOfRange(in, begin, end);
    }
    int count = shape.stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
    double scale = shape.size() > 1 ? Math.sqrt(6.0 / ((double) count / shape.get(0))) : 0.1;
    ByteBuffer values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.asFloatBuffer().put(new RepeatableNoise(++seed).next(count, scale));
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    tensor.writeBytes(kept);
    put(tensor, 9, values.array());
    return tensor.toByteArray();
  }

  private byte[] copy(int begin, int end, Field field) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int[] at = {begin};
    while (at[0] < end) {
      int start = at[0];
      long tag = varint(at);
      int from = at[0];
      int to =
          switch ((int) (tag & 7)) {
            case 0 -> {
              varint(at);
              yield at[0];
            }
            case 1 -> from + 8;
            case 2 -> {
              int length = (int) varint(at);
              from = at[0];
              yield from + length;
            }
            case 5 -> from + 4;
            default ->
                throw new IllegalArgumentException(
                    new String(in, 0, Math.min(16, in.length), StandardCharsets.ISO_8859_1)
                        + " is no ONNX file");
          };
      if (!field.replaced((int) (tag >>> 3), from, to, out)) {
        out.write(in, start, to - start);
      }
      at[0] = to;
    }
    return out.toByteArray();
  }

  private long varint(int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in[at[0]++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static void put(ByteArrayOutputStream out, int number, byte[] content) {
    writeVarint(out, number << 3 | 2);
    writeVarint(out, content.length);
    out.writeBytes(content);
  }

  private static void writeVarint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
