package io.turnwise.app.faults;

import io.turnwise.app.evaluate.Turn;
import io.turnwise.inference.audio.WavFile;
import java.util.List;

/**
 * The recording the calls are made of.
 *
 * @param audio one channel of mu-law
 * @param turns who speaks when in it
 */
record Sound(WavFile audio, List<Turn> turns) {
  Sound {
    turns = List.copyOf(turns);
  }
}
