package io.turnwise.conversion.weights;

import java.nio.ByteBuffer;

/** How a number lies in a file. All become float32; a float64 is rounded to it. */
enum ElementType {
  BFLOAT16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << 16);
    }
  },
  FLOAT16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return half(bytes.getShort());
    }
  },
  FLOAT32(4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  FLOAT64(8) {
    @Override
    float next(ByteBuffer bytes) {
      return (float) bytes.getDouble();
    }
  };

  private final int size;

  ElementType(int size) {
    this.size = size;
  }

  /** Bytes a number. */
  int size() {
    return size;
  }

  /** The next number, in the buffer's byte order. */
  abstract float next(ByteBuffer bytes);

  /** All that the buffer holds, in its order. */
  float[] decode(ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / size];
    for (int i = 0; i < values.length; i++) {
      values[i] = next(bytes);
    }
    return values;
  }

  /** IEEE 754 binary16, bit by bit: the platform's own conversion came with Java 20. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }
}
