// Canvases that move with the map: each calls its painter whenever the view or the plan's look changes.

const CanvasLayer = L.Renderer.extend({
  initialize(pane, paint, { padding = 0.25, density = 0 } = {}) {
    L.Renderer.prototype.initialize.call(this, { pane, padding });
    Object.assign(this, { paint, density });
  },

  _initContainer() {
    this._container = document.createElement("canvas");
  },

  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const density = this.density || Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this._container, this._bounds.min);
    Object.assign(this._container, { width: size.x * density, height: size.y * density });
    Object.assign(this._container.style, { width: `${size.x}px`, height: `${size.y}px` });
    const context = this._container.getContext("2d");
    context.scale(density, density);
    context.translate(-this._bounds.min.x, -this._bounds.min.y);
    context.lineCap = context.lineJoin = "round";
    this.paint(context, viewOf(this._map, this._bounds));
    this.fire("update");
  },

  repaint() {
    if (this._map) this._update();
  },
});

// What painters need to know of the view: factor and origin turn world points into canvas points.
function viewOf(map, bounds) {
  const zoom = map.getZoom();
  const factor = 2 ** zoom;
  const origin = map.getPixelOrigin();
  return {
    zoom,
    factor,
    origin,
    west: (bounds.min.x + origin.x) / factor,
    east: (bounds.max.x + origin.x) / factor,
    north: (bounds.min.y + origin.y) / factor,
    south: (bounds.max.y + origin.y) / factor,
  };
}

// Adds a line to the path that is being drawn.
function trace(context, view, lines, i) {
  const { factor, origin } = view;
  const [first, end] = [lines.from[i], lines.from[i + 1]];
  context.moveTo(lines.x[first] * factor - origin.x, lines.y[first] * factor - origin.y);
  for (let k = first + 1; k < end; k++) {
    context.lineTo(lines.x[k] * factor - origin.x, lines.y[k] * factor - origin.y);
  }
}

// A value that grows evenly with the zoom between two zooms and stays put outside.
function byZoom(zoom, [zoom0, value0], [zoom1, value1]) {
  const along = Math.max(0, Math.min(1, (zoom - zoom0) / (zoom1 - zoom0)));
  return value0 + along * (value1 - value0);
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
