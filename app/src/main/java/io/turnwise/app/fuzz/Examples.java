package io.turnwise.app.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small good files of each kind that is read. */
final class Examples {
  private Examples() {}

  static List<byte[]> wavFiles() {
    return List.of(wav(1, 1, 16_000, 16), wav(7, 2, 8_000, 8), wav(3, 1, 44_100, 32));
  }

  private static byte[] wav(int format, int channels, int rate, int bits) {
    int frame = channels * bits / 8;
    byte[] data = new byte[64 * frame];
    return ByteBuffer.allocate(44 + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(36 + data.length)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) format)
        .putShort((short) channels)
        .putInt(rate)
        .putInt(rate * frame)
        .putShort((short) frame)
        .putShort((short) bits)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(data.length)
        .put(data)
        .array();
  }

  static List<byte[]> weightFiles() {
    return List.of(npz(false), npz(true), safetensors());
  }

  private static byte[] npz(boolean deflated) {
    byte[] array = npy();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("conv1.weight.npy", "bn1.bias.npy")) {
        ZipEntry entry = new ZipEntry(name);
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(array);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(array.length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(array);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] npy() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    String padded = header + " ".repeat(64 - 10 - 1 - header.length() % 64 + 64) + "\n";
    return ByteBuffer.allocate(10 + padded.length() + 24)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .putFloat(1)
        .putFloat(-1)
        .array();
  }

  private static byte[] safetensors() {
    byte[] header =
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 28)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  /** A graph of one node with one tensor, as ONNX's protocol buffers have it. */
  static List<byte[]> onnxFiles() {
    byte[] tensor = message(number(1, 2), number(2, 1), text(8, "w"), field(9, new byte[8]));
    byte[] node = message(text(1, "x"), text(1, "w"), text(2, "y"), text(4, "Add"));
    byte[] graph =
        message(
            field(1, node),
            text(2, "g"),
            field(5, tensor),
            field(11, value("x")),
            field(12, value("y")));
    return List.of(message(number(1, 8), field(7, graph), field(8, number(2, 13))));
  }

  private static byte[] value(String name) {
    byte[] shape = message(field(1, number(1, 1)), field(1, number(1, 2)));
    return message(text(1, name), field(2, field(1, message(number(1, 1), field(2, shape)))));
  }

  private static byte[] message(byte[]... fields) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      all.writeBytes(field);
    }
    return all.toByteArray();
  }

  private static byte[] number(int field, int value) {
    return new byte[] {(byte) (field << 3), (byte) value};
  }

  private static byte[] text(int field, String value) {
    return field(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int field, byte[] value) {
    if (value.length > 127) {
      return message(
          new byte[] {
            (byte) (field << 3 | 2), (byte) (value.length & 0x7F | 0x80), (byte) (value.length >> 7)
          },
          value);
    }
    return message(new byte[] {(byte) (field << 3 | 2), (byte) value.length}, value);
  }
}
