#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line itself: help, lists, descriptions, the machine form, and every way to misspell a call."""
import json
import re
import unittest

import kit
import world


class Words(kit.TilthCase):
    @classmethod
    def prepare(cls):
        world.write_raster(cls.folder / "dem.tif", world.elevation())

    def test_version_is_one_line(self):
        for word in ("version", "--version"):
            done = self.tilth(word)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"\Atilth \d+\.\d+\.\d+\n\Z")

    def test_list_and_help_name_every_tool_with_its_summary(self):
        description = json.loads(self.must("describe", "--json").stdout)
        self.assertGreater(len(description["algorithms"]), 5)
        for words in (["list"], ["help"], ["--help"], []):
            done = self.tilth(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for tool in description["algorithms"]:
                self.assertRegex(done.stdout, rf"(?m)^  {tool['id']} +{tool['summary'][:30].split('(')[0]}")

    def test_what_was_probably_meant_is_proposed(self):
        for words, meant in ((["slop"], "did you mean 'slope'?"), (["slope", "--dme", "dem.tif"], "did you mean '--dem'?"),
                             (["slope", "--dem", "dem.tif", "--method", "hron", "--output", "o.tif"], "did you mean 'horn'?"),
                             (["help", "trianmodel"], "did you mean 'trainmodel'?")):
            done = self.tilth(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(meant, done.stderr)

    def test_habits_of_gdal(self):
        slope = ["slope", "--dem", "dem.tif", "--output", "habit.tif"]
        self.must(*slope, "-q", "-overwrite", "--config", "GDAL_CACHEMAX", "64", "--config", "CPL_DEBUG=OFF", "--config", "SHAPE_ENCODING", "UTF-8", "--config", "HTTP_PROXY=")
        seen = self.must(*slope, "--config", "CPL_DEBUG", "ON", "--config", "CPL_LOG=" + str(self.folder / "gdal.log"))
        self.assertIn("GDAL", (self.folder / "gdal.log").read_text(encoding="utf-8") + seen.stderr)  # GDAL itself obeyed
        for words, sentence in ((["--config", "PATH", "/"], "--config PATH is no option of GDAL"), (["--config", "GDAL_CACHEMAX"], "needs a name and a value"),
                                (["--config"], "needs a name and a value"), (["--config", "A" * 205, "1"], "is no option of GDAL"), (["--config", "TILTH_PYTHON=x"], "is no option of GDAL"), (["-of", "COG"], "run gdal_translate -of"),
                                (["--format", "COG"], "the ending of an output's name chooses its format"), (["-co", "COMPRESS=LZW"], "run gdal_translate -co")):
            done = self.tilth(*slope, *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(sentence, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_the_standard_input_is_no_file(self):
        for name in ("-", "/vsistdin/"):
            done = self.tilth("slope", "--dem", name, "--output", "x.tif")
            self.assertEqual(done.returncode, 2)
            self.assertIn("parameter 'dem': the standard input is not read", done.stderr)

    def test_help_of_a_tool_shows_units_ranges_and_an_example(self):
        done = self.must("help", "slope")
        self.assertEqual(done.stderr, "")
        for text in ("tilth slope: ", "--dem <raster>  Elevation (m)", "--method {zevenbergen_thorne|horn|evans}",
                     "[radian]", "--memory <number>", "Example\n  tilth slope --dem"):
            self.assertIn(text, done.stdout)
        self.assertEqual(self.must("slope", "--help").stdout, done.stdout)

    def test_help_of_a_word_lists_the_tools_and_parameters_that_mention_it(self):
        tools = json.loads(self.must("describe", "--json").stdout)["algorithms"]
        ids = {tool["id"] for tool in tools}
        for word in ("elevation", "ELEVATION", "curvature", "samples", "memory"):
            self.assertNotIn(word, ids)
            done = self.must("help", word)
            self.assertEqual(done.stderr, "")
            low = word.lower()
            for tool in tools:
                texts = [tool["id"], tool["title"], tool["summary"]]
                texts += [text for one in tool["parameters"] for text in (one["id"], one["label"])]
                listed = re.search(rf"(?m)^  {tool['id']} ", done.stdout) is not None
                self.assertEqual(listed, any(low in text.lower() for text in texts), (word, tool["id"]))
        self.refused(kit.USAGE, ["there is no tool 'qqqq'"], "help", "qqqq")
        self.refused(kit.USAGE, ["there is no tool ''"], "help", "")

    def test_describe_of_one_tool_is_its_entry_in_the_whole(self):
        whole = json.loads(self.must("describe", "--json").stdout)
        entry = next(tool for tool in whole["algorithms"] if tool["id"] == "slope")
        self.assertEqual(json.loads(self.must("describe", "slope").stdout), entry)
        header = (kit.ROOT / "core/abi/tilth.h").read_text(encoding="utf-8")
        for key, name in (("abi", "TILTH_ABI_VERSION"), ("abi_minor", "TILTH_ABI_MINOR")):
            self.assertIn(f"#define {name} {whole[key]}\n", header)

    def test_a_run_prints_its_result_and_nothing_on_standard_error(self):
        done = self.must("slope", "--dem", "dem.tif", "--output", "slope.tif")
        self.assertEqual(done.stderr, "")
        self.assertIn("output: slope.tif\n", done.stdout)
        self.assertTrue((self.folder / "slope.tif").is_file())

    def test_quiet_prints_nothing(self):
        done = self.must("slope", "--dem", "dem.tif", "--output", "quiet.tif", "--quiet")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_json_prints_one_object(self):
        done = self.must("slope", "--dem", "dem.tif", "--output", "json.tif", "--json")
        result = json.loads(done.stdout)
        self.assertEqual(result["output"], "json.tif")
        self.assertIsInstance(result["styles"], dict)

    def test_an_equals_sign_is_a_blank(self):
        self.must("slope", "--dem=dem.tif", "--output=a.tif")
        self.must("slope", "--dem", "dem.tif", "--output", "b.tif")
        self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())

    def test_the_machine_form_speaks_json_lines(self):
        done = self.must("run", "slope", text_in=json.dumps({"dem": "dem.tif", "output": "m.tif"}))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines[-1]["result"]["output"], "m.tif")
        fractions = [line["progress"] for line in lines if "progress" in line]
        self.assertEqual(fractions, sorted(fractions))
        self.assertEqual(fractions[-1], 1.0)
        self.assertEqual(done.stderr, "")

    def test_the_machine_form_refuses_what_is_no_object_of_parameters(self):
        for text in ("", "{", "[]", "7", '{"dem": "dem.tif"', '{"dem": {"a": 1}, "output": "x.tif"}',
                     '{"dem": "dem.tif", "dem": "b.tif", "output": "x.tif"}', "\x00", '{"dem": ["a", "b"]}'):
            with self.subTest(text=text):
                self.refused(kit.USAGE, [], "run", "slope", text_in=text)
        self.refused(kit.USAGE, ["run needs one tool"], "run")

    def test_parameters_can_be_checked_without_a_run(self):
        right = {"dem": "dem.tif", "output": "unwritten.tif"}
        done = self.must("run", "slope", "--check", text_in=json.dumps(right))
        self.assertEqual(done.stdout + done.stderr, "")
        self.assertFalse((self.folder / "unwritten.tif").exists())
        self.refused(kit.USAGE, ["'method' is 'guess'"], "run", "slope", "--check", text_in=json.dumps(dict(right, method="guess")))
        self.refused(kit.USAGE, ["there is no file 'no.tif'"], "run", "slope", "--check", text_in=json.dumps(dict(right, dem="no.tif")))
        self.refused(kit.USAGE, ["no folder"], "run", "slope", "--check", text_in=json.dumps(dict(right, output="none/x.tif")))
        self.refused(kit.USAGE, ["at most --check"], "run", "slope", "--chek", text_in=json.dumps(right))
        self.refused(kit.USAGE, ["at most --check"], "run", "slope", "--check", "more", text_in=json.dumps(right))

    def test_an_unknown_tool_is_named(self):
        self.refused(kit.USAGE, ["there is no tool 'sloep'", "tilth list"], "sloep", "--dem", "dem.tif")
        self.refused(kit.USAGE, ["there is no tool 'sloep'"], "help", "sloep")
        self.refused(kit.USAGE, ["there is no tool 'sloep'"], "describe", "sloep")
        self.refused(kit.USAGE, ["there is no tool 'sloep'"], "run", "sloep", text_in="{}")

    def test_an_unknown_parameter_is_named(self):
        self.refused(kit.USAGE, ["slope", "'dme'"], "slope", "--dme", "dem.tif", output="o.tif")
        said = self.refused(kit.USAGE, ["'dme'"], "run", "slope", text_in='{"dme": "dem.tif", "output": "o.tif"}')
        self.assertIn("dem", said.replace("'dme'", ""))

    def test_a_missing_parameter_is_named(self):
        self.refused(kit.USAGE, ["'dem'", "missing"], "slope", output="o.tif")
        self.refused(kit.USAGE, ["'output' is missing", "name the file to write"], "slope", "--dem", "dem.tif")
        self.refused(kit.USAGE, ["--dem needs a value"], "slope", "--dem")

    def test_a_parameter_given_twice_is_named(self):
        self.refused(kit.USAGE, ["--dem", "twice"], "slope", "--dem", "dem.tif", "--dem", "dem.tif", output="o.tif")

    def test_a_stray_word_is_named(self):
        self.refused(kit.USAGE, ["'dem.tif'"], "slope", "dem.tif", output="o.tif")

    def test_text_in_a_number_field(self):
        for bad in ("many", "1,5", "0x10", "nan", "inf", "1e999", "--", "1 2", "٣", "0.5GiB"):
            with self.subTest(bad=bad):
                self.refused(kit.USAGE, ["'memory'", f"'{bad}'", "wanted a number"], "slope", "--dem", "dem.tif",
                             f"--memory={bad}", output="o.tif")

    def test_a_number_out_of_range(self):
        self.refused(kit.USAGE, ["'memory'", "is 1", "MiB"], "slope", "--dem", "dem.tif", "--memory", "1",
                     output="o.tif")
        self.refused(kit.USAGE, ["'threads'", "-1"], "slope", "--dem", "dem.tif", "--threads", "-1", output="o.tif")
        self.refused(kit.USAGE, ["'threads'", "1.5", "whole number"], "slope", "--dem", "dem.tif", "--threads", "1.5",
                     output="o.tif")

    def test_a_word_that_is_no_choice_lists_the_choices(self):
        self.refused(kit.USAGE, ["'unit'", "'gradians'", "radian", "degree", "percent"], "slope", "--dem", "dem.tif",
                     "--unit", "gradians", output="o.tif")

    def test_output_over_an_input_is_refused(self):
        before = self.listing()
        self.refused(kit.USAGE, ["'output'", "'dem'"], "slope", "--dem", "dem.tif", "--output", "dem.tif")
        self.assertEqual(self.listing(), before)

    def test_two_outputs_of_one_name_are_refused(self):
        self.refused(kit.USAGE, ["'output'", "'aspect'"], "slope", "--dem", "dem.tif", "--output", "o.tif", "--aspect",
                     "o.tif")

    def test_an_output_in_a_folder_that_is_not_there(self):
        self.refused(kit.USAGE, ["'output'", "no folder"], "slope", "--dem", "dem.tif", "--output", "nowhere/o.tif")

    def test_the_same_call_gives_the_same_bytes_for_any_number_of_threads(self):
        for threads in ("1", "2", "5"):
            self.must("slope", "--dem", "dem.tif", "--threads", threads, "--output", f"t{threads}.tif")
        first = (self.folder / "t1.tif").read_bytes()
        self.assertEqual(first, (self.folder / "t2.tif").read_bytes())
        self.assertEqual(first, (self.folder / "t5.tif").read_bytes())

    def test_checkinstall_says_what_is_there_and_ends_well(self):
        done = self.must("checkinstall", "--json", "--output", "parts.csv")
        result = json.loads(done.stdout)
        self.assertIn(result["complete"], ("yes", "no"))
        self.assertEqual(result["complete"] == "yes", result["missing"] == 0)
        names = [part["name"] for part in result["components"]]
        self.assertTrue(any("GDAL" in name for name in names), names)
        for part in result["components"]:
            self.assertTrue(part["found"] or part["remedy"], part)
        rows = (self.folder / "parts.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(rows), 1 + len(names))


if __name__ == "__main__":
    unittest.main()
