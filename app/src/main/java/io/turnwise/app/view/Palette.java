package io.turnwise.app.view;

import java.util.HashMap;
import java.util.Map;

/** Gives every voice of a call a colour of its own, in order of appearance. Not thread-safe. */
final class Palette {
  /** ANSI colours that read on dark and on light screens: green, yellow, magenta, cyan, ... */
  private static final int[] COLOURS = {32, 33, 35, 36, 34, 31, 92, 93, 95, 96, 94, 91};

  private static final String ESCAPE = "\u001b[";
  private static final String RESET = ESCAPE + "0m";

  private final boolean colour;
  private final Map<String, Map<String, Integer>> voices = new HashMap<>();

  Palette(boolean colour) {
    this.colour = colour;
  }

  /** The text in the colour of a call's voice. */
  String voice(String call, String speaker, String text) {
    if (!colour) {
      return text;
    }
    Map<String, Integer> known = voices.computeIfAbsent(call, name -> new HashMap<>());
    int number = known.computeIfAbsent(speaker, name -> known.size());
    return ESCAPE + COLOURS[number % COLOURS.length] + "m" + text + RESET;
  }

  /** The text as what matters less. */
  String faint(String text) {
    return colour ? ESCAPE + "2m" + text + RESET : text;
  }

  /** The text as what matters more. */
  String strong(String text) {
    return colour ? ESCAPE + "1m" + text + RESET : text;
  }
}
