package io.turnwise.conversion.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * A file of named arrays: NumPy's {@code .npz} (float16, float32 or float64, either byte order, C
 * or Fortran order, stored or deflated) or {@code .safetensors} (F16, BF16, F32, F64). Which of the
 * two it is, its first bytes say, not its name.
 *
 * <p>Opening reads and checks what the file says of its arrays: names, shapes, places. Arrays of
 * other kinds may be there, as long as nobody asks for their values. The numbers are read when they
 * are asked for. Holds the file open until closed; not thread-safe.
 */
public abstract sealed class WeightsFile implements AutoCloseable
    permits NpzFile, SafetensorsFile {
  /** Bytes of file, and bytes of arrays once unpacked, above which a file is refused. */
  static final long LARGEST = 512L << 20;

  /** Arrays above which a file is refused. */
  static final int MOST_ARRAYS = 10_000;

  private static final int LONGEST_NAME = 200;

  private final Path path;

  WeightsFile(Path path) {
    this.path = path;
  }

  /**
   * @throws UnusableWeights if it is not there, is of another kind, or is not what it says; the
   *     message says what, where and what to do
   */
  public static WeightsFile open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new UnusableWeights(file, "is a folder; name the file in it");
      }
      long size = Files.size(file);
      if (size > LARGEST) {
        throw new UnusableWeights(
            file,
            "has "
                + size
                + " bytes, and more than "
                + LARGEST
                + " are not read; check that it is the right file");
      }
      byte[] first = firstBytes(file, 9);
      if (first.length >= 4 && first[0] == 'P' && first[1] == 'K') {
        return NpzFile.at(file);
      }
      if (first.length == 9 && first[8] == '{') {
        return SafetensorsFile.at(file, size);
      }
      throw new UnusableWeights(
          file, "is neither an .npz nor a .safetensors file; save the weights as one of these");
    } catch (Malformed e) {
      throw malformed(file, e);
    } catch (NoSuchFileException e) {
      throw new UnusableWeights(file, "does not exist; check the path", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static byte[] firstBytes(Path file, int count) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(count);
    }
  }

  public Path path() {
    return path;
  }

  /** Names of the arrays, in the file's order. */
  public abstract Set<String> names();

  /**
   * @return sizes of the array's dimensions; empty for a single number
   * @throws IllegalArgumentException if there is no such array
   */
  public abstract List<Integer> shape(String name);

  /**
   * Reads an array's values, row-major.
   *
   * @throws UnusableWeights if it is not of floating point numbers, or is damaged
   * @throws IllegalArgumentException if there is no such array
   */
  public final float[] values(String name) {
    shape(name);
    try {
      return read(name);
    } catch (Malformed e) {
      throw malformed(path, e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  abstract float[] read(String name) throws IOException, Malformed;

  abstract void release() throws IOException;

  @Override
  public final void close() {
    try {
      release();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Names are printed in errors, and nothing in them may play tricks there. */
  static void requireName(String name) throws Malformed {
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || !name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new Malformed(
          "has an array whose name is not 1 to " + LONGEST_NAME + " printable characters");
    }
  }

  /**
   * Numbers that an array of this shape has.
   *
   * @throws Malformed if that is more than any file may hold
   */
  static long count(String name, List<Integer> shape) throws Malformed {
    long count = 1;
    for (int size : shape) {
      count *= size;
      if (count > LARGEST) {
        throw new Malformed("says that " + name + " is of shape " + shape + ", which is absurd");
      }
    }
    return count;
  }

  private static UnusableWeights malformed(Path file, Malformed e) {
    return new UnusableWeights(file, e.getMessage() + "; " + e.advice, e);
  }

  private static UnusableWeights unreadable(Path file, IOException e) {
    return e instanceof ZipException
        ? new UnusableWeights(
            file, "is a damaged archive (" + e.getMessage() + "); fetch it or save it again", e)
        : new UnusableWeights(file, "could not be read (" + e + "); check its permissions", e);
  }

  /** The file is not what it says; the message is a clause whose subject is the file. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final String advice;

    Malformed(String fault) {
      this(fault, "fetch it or save it again");
    }

    Malformed(String fault, String advice) {
      super(fault);
      this.advice = advice;
    }

    Malformed(String fault, Throwable cause) {
      super(fault, cause);
      this.advice = "fetch it or save it again";
    }
  }
}
