package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the recordings of a folder and the reference of each. */
final class Pairs {
  private Pairs() {}

  /**
   * A recording and who spoke in it.
   *
   * @param name the WAV file's name without extension
   */
  record Pair(String name, Path audio, List<Turn> reference) {}

  /**
   * Looks at all files before any work is done.
   *
   * @return the pairs by name
   * @throws CommandFailed naming every file at fault
   */
  static List<Pair> find(Path audio, Path rttm) {
    SortedMap<String, Path> recordings = files(audio, ".wav");
    SortedMap<String, Path> references = files(rttm, ".rttm");
    if (recordings.isEmpty()) {
      throw new CommandFailed(
          "There is no WAV file in " + audio + "; name a folder that has some.");
    }
    List<String> faults = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    recordings.forEach(
        (name, file) -> {
          Path reference = references.get(name);
          try {
            WavFile.read(file);
            if (reference == null) {
              faults.add(file + " has no " + name + ".rttm in " + rttm);
            } else {
              pairs.add(new Pair(name, file, Rttm.read(reference)));
            }
          } catch (UnusableAudio | UnusableRttm e) {
            faults.add(e.getMessage());
          }
        });
    if (!faults.isEmpty()) {
      throw new CommandFailed(
          "Nothing was evaluated: "
              + String.join("; ", faults)
              + ". Add or repair what is named, or take it away.");
    }
    return pairs;
  }

  private static SortedMap<String, Path> files(Path folder, String extension) {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.toLowerCase(Locale.ROOT).endsWith(extension) && Files.isRegularFile(file)) {
          files.put(name.substring(0, name.length() - extension.length()), file);
        }
      }
    } catch (IOException e) {
      throw new CommandFailed(
          "The folder " + folder + " cannot be listed (" + e + "); name another.", e);
    }
    return files;
  }
}
