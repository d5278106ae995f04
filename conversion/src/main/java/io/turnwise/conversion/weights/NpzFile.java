package io.turnwise.conversion.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** NumPy's archive of arrays: a zip of {@code NAME.npy}. */
final class NpzFile extends WeightsFile {
  private static final String SUFFIX = ".npy";

  private final ZipFile zip;
  private final Map<String, Array> arrays;

  private NpzFile(Path path, ZipFile zip, Map<String, Array> arrays) {
    super(path);
    this.zip = zip;
    this.arrays = arrays;
  }

  /** One array: where it lies, and what it says of itself. */
  private record Array(ZipEntry entry, NpyHeader header) {}

  static NpzFile at(Path path) throws IOException, Malformed {
    ZipFile zip = new ZipFile(path.toFile());
    try {
      return new NpzFile(path, zip, arrays(zip));
    } catch (IOException | Malformed | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static Map<String, Array> arrays(ZipFile zip) throws IOException, Malformed {
    if (zip.size() > MOST_ARRAYS) {
      throw new Malformed("holds " + zip.size() + " arrays, and more than " + MOST_ARRAYS + " are not read");
    }
    Map<String, Array> arrays = new LinkedHashMap<>();
    long unpacked = 0;
    for (Iterator<? extends ZipEntry> entries = zip.entries().asIterator(); entries.hasNext(); ) {
      ZipEntry entry = entries.next();
      String name = nameOf(entry);
      NpyHeader header;
      try (InputStream in = zip.getInputStream(entry)) {
        header = NpyHeader.read(name, in);
      } catch (EOFException e) {
        throw new Malformed("is truncated: it breaks off within " + name, e);
      }
      if (arrays.put(name, new Array(entry, header)) != null) {
        throw new Malformed("holds two arrays of the name " + name);
      }
      requireSize(name, entry, header);
      unpacked += entry.getSize();
      if (unpacked > LARGEST) {
        throw new Malformed("unpacks to more than " + LARGEST + " bytes, which are not read");
      }
    }
    return Collections.unmodifiableMap(arrays);
  }

  private static String nameOf(ZipEntry entry) throws Malformed {
    String file = entry.getName();
    if (file.endsWith("/data.pkl") || file.equals("data.pkl")) {
      throw new Malformed(
          "is a PyTorch checkpoint, and that is a pickled program, which is not run here",
          "save its tensors as .safetensors: docs/how-to/import-resnet34-lm.md shows how");
    }
    requireName(file);
    if (!file.endsWith(SUFFIX) || file.length() == SUFFIX.length()) {
      throw new Malformed("is a zip archive with " + file + " in it, and not one of NumPy arrays");
    }
    return file.substring(0, file.length() - SUFFIX.length());
  }

  /** What the archive's directory says must be what the array's own header says. */
  private static void requireSize(String name, ZipEntry entry, NpyHeader header) throws Malformed {
    int elementSize = header.elementSize();
    long expected = header.length() + count(name, header.shape()) * elementSize;
    if (elementSize > 0 && entry.getSize() != expected) {
      throw new Malformed(
          "says that "
              + name
              + " is of shape "
              + header.shape()
              + " and type "
              + header.type()
              + ", which takes "
              + expected
              + " bytes, but has "
              + entry.getSize());
    }
  }

  @Override
  public Set<String> names() {
    return arrays.keySet();
  }

  @Override
  public List<Integer> shape(String name) {
    return array(name).header.shape();
  }

  private Array array(String name) {
    Array array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("name: there is no array " + name);
    }
    return array;
  }

  @Override
  float[] read(String name) throws IOException, Malformed {
    Array array = array(name);
    NpyHeader header = array.header;
    ElementType type = header.elementType(name);
    int size = Math.toIntExact(count(name, header.shape()) * type.size());
    byte[] numbers;
    CRC32 sum = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(array.entry), sum)) {
      in.skipNBytes(header.length());
      numbers = in.readNBytes(size);
      if (numbers.length < size || in.read() >= 0) {
        throw new Malformed(
            "holds " + name + " with another number of bytes than its directory says");
      }
    } catch (EOFException e) {
      throw new Malformed("is truncated: it breaks off within " + name, e);
    }
    if (sum.getValue() != array.entry.getCrc()) {
      throw new Malformed("is damaged: the checksum of " + name + " does not hold");
    }
    float[] values = type.decode(ByteBuffer.wrap(numbers).order(header.byteOrder()));
    return header.fortranOrder() ? rowMajor(values, header.shape()) : values;
  }

  /** Turns values whose first index runs fastest into values whose last one does. */
  private static float[] rowMajor(float[] values, List<Integer> shape) {
    float[] turned = new float[values.length];
    int[] index = new int[shape.size()];
    for (int at = 0; at < turned.length; at++) {
      int from = 0;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        from = from * shape.get(axis) + index[axis];
      }
      turned[at] = values[from];
      for (int axis = index.length - 1; axis >= 0; axis--) {
        if (++index[axis] < shape.get(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
    return turned;
  }

  @Override
  void release() throws IOException {
    zip.close();
  }
}
