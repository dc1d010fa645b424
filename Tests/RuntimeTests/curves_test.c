// curves_test.c - pictures of trainings: what is in them, and tables that are odd or damaged.

#include <math.h>

#include "damage.h"
#include "program/curves.h"

enum { SIZE = 1 << 20 };

static char picture[SIZE];
static rt_error error;

static void read_picture(const char *path) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  size_t size = file != NULL ? fread(picture, 1, SIZE - 1, file) : 0;
  picture[size] = '\0';
  if (file != NULL) {
    fclose(file);
  }
}

static int count(const char *part) {
  int found = 0;
  for (const char *at = picture; (at = strstr(at, part)) != NULL; at++) {
    found++;
  }
  return found;
}

// True iff all points of lines are numbers inside the picture; `most` gets the greatest number of
// points of a line.
static int is_inside(int *most) {
  *most = 0;
  for (const char *at = picture; (at = strstr(at, " points=\"")) != NULL;) {
    int points = 0;
    at += strlen(" points=\"");
    while (*at != '"') {
      char *end;
      double x = strtod(at, &end), y = *end == ',' ? strtod(end + 1, &end) : NAN;
      if (!(x >= 0 && x <= 800 && y >= 0 && y <= 330)) {
        return 0;
      }
      points++;
      at = end + (*end == ' ');
    }
    *most = points > *most ? points : *most;
  }
  return 1;
}

// Draws a table and reads the picture.
static void draw_with(const char *title, const char *table) {
  write_bytes("table.csv", table, strlen(table));
  error = (rt_error){0};
  picture[0] = '\0';
  CHECK(rt_curves_write("picture.svg", "table.csv", title, &error) == RT_OK);
  CHECK_TEXT(error.message, "");
  read_picture("picture.svg");
  int most;
  CHECK(is_inside(&most) && count("nan") == 0 && count("inf") == 0);
  CHECK(count("<svg ") == 1 && count("</svg>\n") == 1 && count("<g ") == count("</g>"));
}

static void draw(const char *table) { draw_with("tiny", table); }

#define PALE "fill=\"#59636e\""
#define TEXT "fill=\"#1f2328\""

static void check_text(void) {
  draw("epoch,step,seconds,loss\n1,10,0.5,0.75\n2,20,1.0,0.25\n");
  static const char expected[] =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"392\" "
      "viewBox=\"0 0 800 392\" font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, "
      "sans-serif\" font-size=\"11\" " PALE ">\n"
      "<title>tiny</title>\n"
      "<rect x=\"0.5\" y=\"0.5\" width=\"799\" height=\"391\" rx=\"8\" fill=\"#fff\" "
      "stroke=\"#d0d7de\"/>\n"
      "<text x=\"24\" y=\"32\" font-size=\"17\" font-weight=\"bold\" " TEXT ">tiny</text>\n"
      "<text x=\"24\" y=\"50\">epochs 1 to 2</text>\n"
      "<path d=\"M704 26h20\" stroke=\"#0969da\" stroke-width=\"2\"/>\n"
      "<text x=\"730\" y=\"30\">training</text>\n"
      "<g transform=\"translate(12 60)\">\n"
      "<text x=\"54\" y=\"20\" font-size=\"13\" font-weight=\"bold\" " TEXT ">loss</text>\n"
      "<path d=\"M54 251.8H762\" stroke=\"#e4e7eb\"/>\n"
      "<text x=\"48\" y=\"255.8\" text-anchor=\"end\">0.3</text>\n"
      "<path d=\"M54 203.4H762\" stroke=\"#e4e7eb\"/>\n"
      "<text x=\"48\" y=\"207.4\" text-anchor=\"end\">0.4</text>\n";
  CHECK(strncmp(picture, expected, strlen(expected)) == 0);
  CHECK_TEXT(picture,
             "<path d=\"M60.0 282v4\" stroke=\"#8c959f\"/>\n"
             "<text x=\"60.0\" y=\"298\" text-anchor=\"middle\">1</text>\n"
             "<path d=\"M756.0 282v4\" stroke=\"#8c959f\"/>\n"
             "<text x=\"756.0\" y=\"298\" text-anchor=\"middle\">2</text>\n"
             "<path d=\"M54 28V282H762\" fill=\"none\" stroke=\"#8c959f\"/>\n"
             "<text x=\"408\" y=\"313\" text-anchor=\"middle\">epoch</text>\n"
             "<polyline fill=\"none\" stroke=\"#0969da\" stroke-width=\"1.5\" "
             "stroke-linejoin=\"round\" points=\"60.0,34.0 756.0,276.0\"/>\n"
             "<circle cx=\"60.0\" cy=\"34.0\" r=\"2\" fill=\"#0969da\"/>\n"
             "<circle cx=\"756.0\" cy=\"276.0\" r=\"2\" fill=\"#0969da\"/>\n"
             "</g>\n</svg>\n");
}

static void check_structure(void) {
  // Four curves in two panels, the best epoch in each.
  draw("epoch,loss,accuracy,validation_loss,validation_accuracy\n"
       "1,3,0.5,2,0.25\n2,2,0.75,1,0.5\n3,1,1,1.5,0.75\n");
  CHECK(count("<polyline ") == 4 && count("<g ") == 2 && count(">epoch 2: 1</text>") == 1);
  CHECK(count(">epoch 2: 50.0 %</text>") == 1 && count(">best epoch</text>") == 1);
  CHECK(count(" r=\"4\"") == 2 && count(" r=\"2\"") == 12);
  CHECK_TEXT(picture, ">epochs 1 to 3, least validation loss 1 at epoch 2</text>");
  // A log of steps; columns of one split only.
  draw("step,loss,validation_error\r\n10,3,1\r\n20,2,2\r\n");
  CHECK(count("<polyline ") == 2 && count(">step</text>") == 2 && count(">best") == 0);
  CHECK(count(">loss<") == 1 && count(">validation_error<") == 1);
  // One row makes dots. An empty cell is bridged; a number that is not finite interrupts.
  draw("epoch,loss,validation_loss\n7,0.5,0.25");
  CHECK(count("<polyline ") == 0 && count("<circle ") == 3 && count(">7</text>") == 1);
  draw("epoch,loss,a\n1,1,\n2,2,nan\n3,,-inf\n4,3,1e999\n5,nan\n\n6,3,\n7,4,\n");
  CHECK(count("<polyline ") == 2 && count(">no finite numbers</text>") == 1);
  // One to eight metrics, two panels in a line.
  char table[256] = "epoch,loss", row[64] = "\n1,1";
  for (int n = 1; n <= 8; n++) {
    char whole[400], height[32];
    snprintf(whole, sizeof whole, "%s%s\n", table, row);
    draw(whole);
    CHECK(count("<g ") == n);
    snprintf(height, sizeof height, " height=\"%d\"", n == 1 ? 392 : 72 + (n + 1) / 2 * 230);
    CHECK_TEXT(picture, height);
    snprintf(table + strlen(table), 16, ",m%d", n);
    strcat(row, ",2");
  }
}

// Names are escaped, and long ones cut.
static void check_names(void) {
  draw_with("<&\"\xc3\xa9\xff\x01\xed\xa0\x80>", "epoch,<&\",\"a,\"\"b\"\"\"\n1,1,2\n2,3,4\n");
  CHECK(count("&lt;&amp;&quot;\xc3\xa9?\?\?\?\?&gt;") == 2);
  CHECK(count(">&lt;&amp;&quot;</text>") == 1 && count(">a,&quot;b&quot;</text>") == 1);
  draw("epoch,an_unusually_long_name_of_a_metric_that_goes_on\n1,1\n");
  CHECK(count(">an_unusually_long_name_of_a_metric_t...</text>") == 1);
}

// A loss that spans more than two decades has an axis of powers of ten.
static void check_log(void) {
  draw("epoch,loss,accuracy\n1,100,1000\n2,1,1\n");
  CHECK(count("(log scale)") == 0);
  draw("epoch,loss,accuracy,my_loss\n1,101,1000,1\n2,1,1,0.001\n");
  CHECK(count("(log scale)") == 2 && count(">0.001</text>") == 1 && count(">10</text>") == 1);
  draw("epoch,loss\n1,1000\n2,0\n");
  CHECK(count("(log scale)") == 0);
}

static void check_axis(rt_axis_kind kind, double low, double high, const char *expected) {
  rt_axis axis = rt_axis_make(kind, low, high, 5);
  double ticks[RT_TICKS];
  char text[32], found[RT_TICKS * 32] = "";
  int number = rt_axis_ticks(&axis, ticks);
  for (int i = 0; i < number; i++) {
    rt_axis_text(&axis, ticks[i], text);
    strcat(strcat(found, i > 0 ? " " : ""), text);
  }
  CHECK_TEXT(found, expected);
  CHECK(strlen(found) == strlen(expected));
}

static void check_axes(void) {
  check_axis(RT_AXIS_PLAIN, 0, 1, "0.0 0.2 0.4 0.6 0.8 1.0");
  check_axis(RT_AXIS_PLAIN, -0.3, 0.31, "-0.2 0.0 0.2");
  check_axis(RT_AXIS_PLAIN, 0.912, 0.988, "0.92 0.94 0.96 0.98");
  check_axis(RT_AXIS_PLAIN, 1234, 5678, "2000 3000 4000 5000");
  check_axis(RT_AXIS_PLAIN, 5, 5, "4.6 4.8 5.0 5.2 5.4");
  check_axis(RT_AXIS_PLAIN, 0, 0, "0.0 0.2 0.4 0.6 0.8 1.0");
  check_axis(RT_AXIS_PLAIN, 1e-12, 3e-12, "1e-12 1.5e-12 2e-12 2.5e-12 3e-12");
  check_axis(RT_AXIS_PLAIN, -1e299, 1e299, "-1e+299 -5e+298 0 5e+298 1e+299");
  check_axis(RT_AXIS_WHOLE, 1, 3, "1 2 3");
  check_axis(RT_AXIS_WHOLE, 9, 9, "9");
  check_axis(RT_AXIS_WHOLE, 1, 1000, "200 400 600 800 1000");
  check_axis(RT_AXIS_LOG, 0.005, 0.6, "0.005 0.01 0.02 0.05 0.1 0.2 0.5");
  check_axis(RT_AXIS_LOG, 0.001, 10, "0.001 0.01 0.1 1 10");
  check_axis(RT_AXIS_LOG, 1e-299, 1e299, "1e-240 1e-120 1 1e+120 1e+240");
}

// Of many rows, few points are drawn, the extremes among them.
static void check_many(void) {
  enum { ROWS = 100000 };
  static double x[ROWS], y[ROWS];
  static rt_point points[2 * RT_CURVE_POINTS + 1];
  FILE *file = fopen("table.csv", "wb");
  CHECK(file != NULL);
  fprintf(file, "epoch,loss,validation_loss\n");
  for (int i = 0; i < ROWS; i++) {
    x[i] = i + 1;
    y[i] = i == 77777 ? 9 : i == 33333 ? -9 : (i * 37 % 101) / 101.0;
    fprintf(file, i % 1000 == 0 ? "%d,%g,%g\n" : "%d,%g,\n", i + 1, y[i], 2.0);
  }
  fclose(file);
  CHECK(rt_curves_write("picture.svg", "table.csv", "tiny", &error) == RT_OK);
  read_picture("picture.svg");
  int most;
  CHECK(is_inside(&most) && most == RT_CURVE_POINTS && count("<polyline ") == 2);
  CHECK(strlen(picture) < 20000);
  CHECK(count(",34.0 ") == 1 && count(",276.0 ") == 1);

  int kept = rt_curve_thin(x, y, ROWS, points);
  double low = INFINITY, high = -INFINITY;
  for (int i = 0; i < kept; i++) {
    low = fmin(low, points[i].y);
    high = fmax(high, points[i].y);
    CHECK(i == 0 || points[i].x > points[i - 1].x);
  }
  CHECK(kept == RT_CURVE_POINTS && low == -9 && high == 9);
  CHECK(rt_curve_thin(x, y, RT_CURVE_POINTS, points) == RT_CURVE_POINTS);
  // Every other number is not finite.
  for (int i = 0; i < ROWS; i += 2) {
    y[i] = INFINITY;
  }
  CHECK(rt_curve_thin(x, y, 2 * RT_CURVE_POINTS, points) == 2 * RT_CURVE_POINTS - 1);
  CHECK(rt_curve_thin(x, y, ROWS, points) == RT_CURVE_POINTS);
}

// A table that cannot be drawn leaves the picture as it was.
static void check_errors(void) {
  static const struct {
    const char *table, *message;
  } cases[] = {
      {"", "table.csv: expected rows under a line of names, found none"},
      {"epoch,loss\n\n", "table.csv: expected rows under a line of names, found none"},
      {"loss\n1\n", "table.csv: line 1: expected a column 'epoch' or 'step', found none"},
      {"epoch,step\n1,2\n", "table.csv: line 1: expected a column of a metric, found none"},
      {"epoch,loss\nnan,2\n", "table.csv: column 'epoch': expected numbers, found none"},
      {"epoch,loss\n1,2\n2,ab c\n",
       "table.csv: line 3: column 'loss': expected a number, found 'ab c'"},
      {"epoch,loss\n1,2 3\n", "table.csv: line 2: column 'loss': expected a number, found '2 3'"},
      {"epoch,loss\n1,2,3\n", "table.csv: line 2: expected 2 cells, found more"},
  };
  write_bytes("picture.svg", "kept", 4);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    error = (rt_error){0};
    write_bytes("table.csv", cases[i].table, strlen(cases[i].table));
    CHECK(rt_curves_write("picture.svg", "table.csv", "tiny", &error) == RT_ERROR_FORMAT);
    CHECK_TEXT(error.message, cases[i].message);
  }
  write_bytes("table.csv", "epoch,loss\n1,2\n\0", 16);
  CHECK(rt_curves_write("picture.svg", "table.csv", "tiny", &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message, "table.csv: line 3: expected text, found a zero byte");
  char wide[600];
  memset(wide, ',', sizeof wide);
  write_bytes("table.csv", wide, sizeof wide);
  CHECK(rt_curves_write("picture.svg", "table.csv", "tiny", &error) == RT_ERROR_FORMAT);
  CHECK_TEXT(error.message, "line 1: expected at most 256 names, found more");
  CHECK(rt_curves_write("picture.svg", "missing.csv", "tiny", &error) == RT_ERROR_FILE);
  read_picture("picture.svg");
  CHECK(strcmp(picture, "kept") == 0);
  draw("epoch,loss\n1,2\n");
  CHECK(rt_curves_write("none/picture.svg", "table.csv", "tiny", &error) == RT_ERROR_FILE);
}

// Every prefix of a table, and every table with a byte changed, is drawn or refused.
static void check_damaged(void) {
  static const char table[] = "epoch,\"loss\",validation_loss\r\n1,1e2,nan\n2,-.5,\n3,inf,7e299\n";
  static const char bytes[] = ",\n\r\"-e0n\xff";
  for (size_t i = 0; i < sizeof table; i++) {
    for (size_t n = 0; n < sizeof bytes; n++) {
      char changed[sizeof table];
      memcpy(changed, table, sizeof table);
      changed[i] = bytes[n];  // the last one is a zero byte
      size_t size = n == 0 ? i : sizeof table - 1;
      write_bytes("damaged", changed, size);
      // A device, as thousands of files would take time.
      int code = rt_curves_write("/dev/null", "damaged", "tiny", &error);
      CHECK(code == RT_OK || code == RT_ERROR_FORMAT);
    }
  }
}

int main(void) {
  check_text();
  check_structure();
  check_names();
  check_log();
  check_axes();
  check_many();
  check_errors();
  check_damaged();
  return test_summary();
}
