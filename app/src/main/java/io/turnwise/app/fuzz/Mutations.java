package io.turnwise.app.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs from others: blindly, and by what lengths, counts and numbers tend to break. */
final class Mutations {
  private static final int LARGEST = 1 << 16;

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final float[] FLOATS = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    Float.MIN_VALUE,
    -0f
  };

  private Mutations() {}

  /**
   * One change in every second input, up to four in the others.
   *
   * @param others inputs that a piece may be taken from
   */
  static byte[] of(byte[] input, List<byte[]> others, SplittableRandom random) {
    byte[] changed = input.clone();
    int changes = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      changed = once(changed, others, random);
    }
    return changed.length > LARGEST && changed.length > input.length
        ? Arrays.copyOf(changed, Math.max(LARGEST, input.length))
        : changed;
  }

  private static byte[] once(byte[] input, List<byte[]> others, SplittableRandom random) {
    if (input.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(input.length);
    return switch (random.nextInt(10)) {
      case 0 -> {
        input[at] ^= (byte) (1 << random.nextInt(8));
        yield input;
      }
      case 1 -> {
        input[at] = (byte) random.nextInt(256);
        yield input;
      }
      case 2 -> Arrays.copyOf(input, at);
      case 3 -> without(input, at, Math.min(input.length, at + 1 + random.nextInt(16)));
      case 4 -> {
        byte[] piece = new byte[1 + random.nextInt(16)];
        for (int i = 0; i < piece.length; i++) {
          piece[i] = (byte) random.nextInt(256);
        }
        yield with(input, at, piece);
      }
      case 5 -> with(input, at, Arrays.copyOfRange(input, at, end(input, at, random)));
      case 6 -> over(input, at, number(random));
      case 7 -> with(input, at, varint(NUMBERS[random.nextInt(NUMBERS.length)]));
      case 8 -> replaced(input, at, varint(NUMBERS[random.nextInt(NUMBERS.length)]));
      default -> {
        byte[] other = others.get(random.nextInt(others.size()));
        if (other.length == 0) {
          yield input;
        }
        int from = random.nextInt(other.length);
        yield with(input, at, Arrays.copyOfRange(other, from, end(other, from, random)));
      }
    };
  }

  private static int end(byte[] bytes, int from, SplittableRandom random) {
    return Math.min(bytes.length, from + 1 + random.nextInt(64));
  }

  private static byte[] number(SplittableRandom random) {
    ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = ByteBuffer.allocate(1 << random.nextInt(4)).order(order);
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    switch (bytes.capacity()) {
      case 1 -> bytes.put((byte) number);
      case 2 -> bytes.putShort((short) number);
      case 4 -> {
        if (random.nextInt(3) == 0) {
          bytes.putFloat(FLOATS[random.nextInt(FLOATS.length)]);
        } else {
          bytes.putInt((int) number);
        }
      }
      default -> bytes.putLong(number);
    }
    return bytes.array();
  }

  /** As Avro writes a long. */
  private static byte[] varint(long number) {
    long rest = number << 1 ^ number >> 63;
    byte[] bytes = new byte[10];
    int length = 0;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] over(byte[] input, int at, byte[] piece) {
    int count = Math.min(piece.length, input.length - at);
    System.arraycopy(piece, 0, input, at, count);
    return input;
  }

  private static byte[] replaced(byte[] input, int at, byte[] piece) {
    return with(without(input, at, at + 1), at, piece);
  }

  private static byte[] with(byte[] input, int at, byte[] piece) {
    byte[] all = new byte[input.length + piece.length];
    System.arraycopy(input, 0, all, 0, at);
    System.arraycopy(piece, 0, all, at, piece.length);
    System.arraycopy(input, at, all, at + piece.length, input.length - at);
    return all;
  }

  private static byte[] without(byte[] input, int from, int to) {
    byte[] rest = new byte[input.length - (to - from)];
    System.arraycopy(input, 0, rest, 0, from);
    System.arraycopy(input, to, rest, from, input.length - to);
    return rest;
  }
}
