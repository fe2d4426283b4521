// Several pictures as one, to be looked at.

/** A sheet is no larger than an image viewer shows pixel by pixel. */
const WIDTH = 1540;
const PIECE_HEIGHT = 1100;

/** A contact sheet: `pictures` are `{ title, png }`, tall ones in pieces; resolves to a PNG. */
export async function contactSheet(browser, pictures) {
  const { page } = await browser.open(undefined, { width: WIDTH, height: 900 });
  await page.setContent(`<style>
  body { margin: 0; padding: 6px; background: #678; color: #fff; font: 11px sans-serif;
    display: flex; flex-wrap: wrap; gap: 6px; align-items: flex-start }
  figure { margin: 0 } canvas { display: block; max-width: ${WIDTH - 12}px }
</style>`);
  for (const { title, png } of pictures)
    await page.evaluate(
      async ([name, data, most]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        for (let top = 0; top < image.height; top += most) {
          const canvas = document.createElement('canvas');
          canvas.width = image.width;
          canvas.height = Math.min(most, image.height - top);
          canvas.getContext('2d').drawImage(image, 0, -top);
          const figure = document.createElement('figure');
          figure.append(top === 0 ? name : `${name}, from ${top} px`, canvas);
          document.body.append(figure);
        }
      },
      [title, png.toString('base64'), PIECE_HEIGHT],
    );
  const sheet = await page.screenshot({ fullPage: true });
  await page.close();
  return sheet;
}
