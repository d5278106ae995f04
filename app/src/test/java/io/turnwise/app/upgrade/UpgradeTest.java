package io.turnwise.app.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.upgrade.SavedState.Message;
import io.turnwise.serdes.Contract;
import io.turnwise.testing.Shared;
import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application that an earlier release has left in mid-call goes on under this build as if
 * nothing had happened. With {@code -Dturnwise.save-state=RELEASE} the state of this build is saved
 * beside the others first.
 */
class UpgradeTest {
  private static final Path SAVED =
      Shared.projectRoot().resolve("app/src/test/resources/io/turnwise/app/upgrade");
  private static final String SUFFIX = ".state.zip";
  private static final long MOST_BYTES = 300 * 1024;

  @TempDir Path folder;

  @BeforeAll
  static void saveWhereAskedTo(@TempDir Path folder) throws Exception {
    String release = System.getProperty("turnwise.save-state", "");
    if (!release.isEmpty()) {
      save(Scene.ofAudio(), folder.resolve("audio"), release + "-audio");
      save(Scene.ofEmbeddings(), folder.resolve("embeddings"), release + "-embeddings");
    }
  }

  static List<Path> saved() throws IOException {
    try (Stream<Path> files = Files.list(SAVED)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("saved")
  void shouldGoOnWhereAnEarlierReleaseStopped(Path file) throws Exception {
    // Given what that release has left, and what comes then
    SavedState saved = SavedState.read(file);
    try (Stage stage = new Stage(folder.resolve("stage"), saved.settings(), saved.model())) {
      stage.restore(saved.changelogs(), saved.read());
      stage.send(saved.inputs());

      // When
      stage.run();

      // Then
      for (Contract contract : saved.outputs().keySet()) {
        List<Message> expected = saved.outputs().get(contract);
        assertFalse(expected.isEmpty(), contract + " of " + file);
        assertEquals(expected, stage.published(contract), contract + " of " + file);
      }
      assertEquals(List.of(), stage.published(Contract.DEAD_LETTERS));
    }
  }

  @Test
  void shouldEndWithEverythingAsItWasWhenALaterReleaseHasWrittenTheState() throws Exception {
    // Given
    Path file = saved().get(0);
    SavedState saved = SavedState.read(file);
    saved.changelogs().get(Names.TRACK_VOICES).forEach(entry -> entry.value()[0] = 42);
    try (Stage stage = new Stage(folder.resolve("stage"), saved.settings(), saved.model())) {
      stage.restore(saved.changelogs(), saved.read());
      stage.send(saved.inputs());

      // When
      Throwable failure = stage.runUntilItFails();

      // Then
      Throwable cause = failure;
      while (cause != null && !(cause instanceof UnreadableState)) {
        cause = cause.getCause();
      }
      assertTrue(cause != null, failure::toString);
      assertTrue(cause.getMessage().startsWith("store track-voices: "), cause.getMessage());
      assertEquals(saved.read(), stage.committed());
      for (Contract contract : List.of(Contract.SPEAKER_CHANGES, Contract.DEAD_LETTERS)) {
        assertEquals(List.of(), stage.published(contract));
      }
    }
  }

  @Test
  void shouldHaveSavedEveryStoreWithSomethingInIt() throws Exception {
    Set<String> known = new TreeSet<>(Names.AUDIO_STORES);
    known.addAll(Names.EMBEDDINGS_STORES);
    Set<String> stores = new TreeSet<>();
    for (Path file : saved()) {
      assertTrue(Files.size(file) <= MOST_BYTES, () -> file + " is too large to ship");
      SavedState.read(file)
          .changelogs()
          .forEach(
              (store, entries) -> {
                if (!entries.isEmpty()) {
                  stores.add(store);
                }
              });
    }
    assertEquals(known, stores);
  }

  private static void save(Scene scene, Path folder, String name) throws Exception {
    List<Contract> outputs =
        scene.settings().get("from").equals(Contract.AUDIO_CHUNKS.name())
            ? List.of(Contract.SPEAKER_EMBEDDINGS, Contract.SPEAKER_CHANGES)
            : List.of(Contract.SPEAKER_CHANGES);
    SortedMap<Contract, List<Message>> whole = new TreeMap<>();
    try (Stage stage = new Stage(folder.resolve("whole"), scene.settings(), scene.model())) {
      stage.send(scene.inputs());
      stage.run();
      for (Contract output : outputs) {
        whole.put(output, stage.published(output));
      }
    }
    try (Stage stage = new Stage(folder.resolve("cut"), scene.settings(), scene.model())) {
      stage.send(scene.inputs().subList(0, scene.cut()));
      stage.run();
      SortedMap<Contract, List<Message>> rest = new TreeMap<>();
      for (Contract output : outputs) {
        List<Message> all = whole.get(output);
        List<Message> before = stage.published(output);
        assertEquals(all.subList(0, before.size()), before, output + " before the cut");
        rest.put(output, all.subList(before.size(), all.size()));
      }
      new SavedState(
              scene.settings(),
              scene.model(),
              scene.cut(),
              stage.changelogs(),
              scene.inputs().subList(scene.cut(), scene.inputs().size()),
              rest)
          .write(SAVED.resolve(name + SUFFIX));
    }
  }
}
