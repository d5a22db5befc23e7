//! The edges as surfaces of wlr's layer shell, which KDE and the wlroots desktops have.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::AsFd;

use wayland_client::protocol::wl_buffer::WlBuffer;
use wayland_client::protocol::wl_compositor::WlCompositor;
use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::protocol::wl_region::WlRegion;
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_shm::{Format, WlShm};
use wayland_client::protocol::wl_shm_pool::WlShmPool;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols::wp::viewporter::client::wp_viewport::WpViewport;
use wayland_protocols::wp::viewporter::client::wp_viewporter::WpViewporter;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::{
    Layer, ZwlrLayerShellV1,
};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::{
    Anchor, Event, KeyboardInteractivity, ZwlrLayerSurfaceV1,
};

use super::{OverlayError, gradient};

/// How far the dark reaches into a screen, in the desktop's own pixels. Our choice: about an eighth of
/// the height of a common screen.
const REACH: u16 = 130;

/// The sides of a screen: where an edge is held, its tile of one pixel along the rim, and whether the
/// rim is at the tile's end.
const SIDES: [(Anchor, (u16, u16), bool); 4] = [
    (
        Anchor::Top.union(Anchor::Left).union(Anchor::Right),
        (1, REACH),
        false,
    ),
    (
        Anchor::Bottom.union(Anchor::Left).union(Anchor::Right),
        (1, REACH),
        true,
    ),
    (
        Anchor::Left.union(Anchor::Top).union(Anchor::Bottom),
        (REACH, 1),
        false,
    ),
    (
        Anchor::Right.union(Anchor::Top).union(Anchor::Bottom),
        (REACH, 1),
        true,
    ),
];

/// The dimmed edges of all screens. They are gone when this is dropped.
pub(super) struct WaylandEdges {
    queue: EventQueue<Desk>,
    desk: Desk,
}

impl WaylandEdges {
    /// Connects to the compositor. Nothing is dimmed yet.
    pub(super) fn new() -> Result<WaylandEdges, OverlayError> {
        let connection = Connection::connect_to_env()?;
        let mut queue = connection.new_event_queue();
        connection.display().get_registry(&queue.handle(), ());
        let mut desk = Desk::default();
        queue.roundtrip(&mut desk)?;
        match desk.offers() {
            Some(_) => Ok(WaylandEdges { queue, desk }),
            None => Err(OverlayError::NoLayerShell),
        }
    }

    /// Dims the edges of all screens that there are now.
    pub(super) fn dim(&mut self, depth: f32) -> Result<(), OverlayError> {
        // Screens may have come or gone.
        self.queue.roundtrip(&mut self.desk)?;
        let handle = self.queue.handle();
        if self.desk.add_edges(&handle) {
            // How large they are.
            self.queue.roundtrip(&mut self.desk)?;
        }
        self.desk.draw(depth, &handle)?;
        self.queue.roundtrip(&mut self.desk)?;
        Ok(())
    }
}

/// What the compositor offers, and what is shown.
#[derive(Default)]
struct Desk {
    compositor: Option<WlCompositor>,
    memory: Option<WlShm>,
    shell: Option<ZwlrLayerShellV1>,
    viewporter: Option<WpViewporter>,
    screens: Vec<Screen>,
    /// What the surfaces showed before, which the compositor may still read.
    last_buffers: Vec<WlBuffer>,
    buffers: Vec<WlBuffer>,
}

struct Screen {
    /// Its number in the registry.
    number: u32,
    output: WlOutput,
    edges: Vec<Edge>,
}

struct Edge {
    surface: WlSurface,
    layer: ZwlrLayerSurfaceV1,
    viewport: WpViewport,
    /// Not known before the compositor says so.
    size: Option<(u32, u32)>,
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.viewport.destroy();
        self.layer.destroy();
        self.surface.destroy();
    }
}

struct Offers<'a> {
    compositor: &'a WlCompositor,
    memory: &'a WlShm,
    shell: &'a ZwlrLayerShellV1,
    viewporter: &'a WpViewporter,
}

impl Desk {
    /// Everything that this needs; none if something is missing.
    fn offers(&self) -> Option<Offers<'_>> {
        Some(Offers {
            compositor: self.compositor.as_ref()?,
            memory: self.memory.as_ref()?,
            shell: self.shell.as_ref()?,
            viewporter: self.viewporter.as_ref()?,
        })
    }

    /// Makes the edges of screens that have none. They are not shown yet. Returns whether there are any.
    fn add_edges(&mut self, handle: &QueueHandle<Desk>) -> bool {
        let mut screens = std::mem::take(&mut self.screens);
        let mut is_new = false;
        if let Some(offers) = self.offers() {
            for screen in screens.iter_mut().filter(|screen| screen.edges.is_empty()) {
                let edge = |side| offers.edge(side, &screen.output, handle);
                screen.edges = SIDES.map(edge).into();
                is_new = true;
            }
        }
        self.screens = screens;
        is_new
    }

    /// Draws every edge whose size is known.
    fn draw(&mut self, depth: f32, handle: &QueueHandle<Desk>) -> Result<(), OverlayError> {
        let Some(offers) = self.offers() else {
            return Err(OverlayError::NoLayerShell);
        };
        let buffers = offers.buffers(depth, handle)?;
        for screen in &self.screens {
            for (edge, buffer) in screen.edges.iter().zip(&buffers) {
                let Some((width, height)) = edge.size else {
                    continue;
                };
                let pixels = |size: u32| i32::try_from(size).unwrap_or(i32::MAX).max(1);
                edge.viewport.set_destination(pixels(width), pixels(height));
                edge.surface.attach(Some(buffer), 0, 0);
                edge.surface.damage(0, 0, i32::MAX, i32::MAX);
                edge.surface.commit();
            }
        }
        let shown = std::mem::replace(&mut self.buffers, buffers);
        for buffer in std::mem::replace(&mut self.last_buffers, shown) {
            buffer.destroy();
        }
        Ok(())
    }
}

impl Offers<'_> {
    fn edge(
        &self,
        (anchor, (tile_width, tile_height), _): (Anchor, (u16, u16), bool),
        output: &WlOutput,
        handle: &QueueHandle<Desk>,
    ) -> Edge {
        let surface = self.compositor.create_surface(handle, ());
        // Clicks go through to what is below.
        let nothing = self.compositor.create_region(handle, ());
        surface.set_input_region(Some(&nothing));
        nothing.destroy();
        let layer = self.shell.get_layer_surface(
            &surface,
            Some(output),
            // Above full-screen programs; a lock screen is above that.
            Layer::Overlay,
            "sitwell".to_owned(),
            handle,
            (),
        );
        layer.set_anchor(anchor);
        // As long as the side: 0 leaves that to the compositor.
        let length = |tile: u16| if tile == 1 { 0 } else { u32::from(tile) };
        layer.set_size(length(tile_width), length(tile_height));
        // Over panels, and no panel makes room for it.
        layer.set_exclusive_zone(-1);
        layer.set_keyboard_interactivity(KeyboardInteractivity::None);
        let viewport = self.viewporter.get_viewport(&surface, handle, ());
        surface.commit();
        Edge {
            surface,
            layer,
            viewport,
            size: None,
        }
    }

    /// The tile of each side. The compositor stretches it along the rim.
    fn buffers(
        &self,
        depth: f32,
        handle: &QueueHandle<Desk>,
    ) -> Result<Vec<WlBuffer>, OverlayError> {
        let mut pixels = Vec::new();
        for (_, _, is_far) in SIDES {
            for alpha in gradient(REACH, is_far, depth) {
                // Black, so that only the alpha counts; the pixel is a number of this machine.
                pixels.extend((u32::from(alpha) << 24).to_ne_bytes());
            }
        }
        // Shared memory without a name.
        let mut file: File = tempfile::tempfile()?;
        file.write_all(&pixels)?;
        file.seek(SeekFrom::Start(0))?;
        let size = i32::try_from(pixels.len()).unwrap_or_default();
        let pool = self.memory.create_pool(file.as_fd(), size, handle, ());
        let tile_bytes = 4 * i32::from(REACH);
        let buffers = (0..).zip(SIDES).map(|(number, (_, (width, height), _))| {
            pool.create_buffer(
                number * tile_bytes,
                i32::from(width),
                i32::from(height),
                4 * i32::from(width),
                Format::Argb8888,
                handle,
                (),
            )
        });
        let buffers = buffers.collect();
        pool.destroy();
        Ok(buffers)
    }
}

impl Dispatch<WlRegistry, ()> for Desk {
    fn event(
        desk: &mut Desk,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Desk>,
    ) {
        match event {
            wl_registry::Event::Global {
                name, interface, ..
            } => match interface.as_str() {
                "wl_compositor" => desk.compositor = Some(registry.bind(name, 1, handle, ())),
                "wl_shm" => desk.memory = Some(registry.bind(name, 1, handle, ())),
                "zwlr_layer_shell_v1" => desk.shell = Some(registry.bind(name, 1, handle, ())),
                "wp_viewporter" => desk.viewporter = Some(registry.bind(name, 1, handle, ())),
                "wl_output" => desk.screens.push(Screen {
                    number: name,
                    output: registry.bind(name, 1, handle, ()),
                    edges: Vec::new(),
                }),
                _ => {}
            },
            wl_registry::Event::GlobalRemove { name } => {
                desk.screens.retain(|screen| screen.number != name);
            }
            _ => {}
        }
    }
}

impl Dispatch<ZwlrLayerSurfaceV1, ()> for Desk {
    fn event(
        desk: &mut Desk,
        layer: &ZwlrLayerSurfaceV1,
        event: Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Desk>,
    ) {
        let is_of_this = |edge: &Edge| edge.layer == *layer;
        let mut screens = desk.screens.iter_mut();
        let Some(screen) = screens.find(|screen| screen.edges.iter().any(is_of_this)) else {
            return;
        };
        match event {
            Event::Configure {
                serial,
                width,
                height,
            } => {
                layer.ack_configure(serial);
                for edge in screen.edges.iter_mut().filter(|edge| is_of_this(edge)) {
                    edge.size = Some((width, height));
                }
            }
            // The screen may have gone. If not, its edges are made anew.
            Event::Closed => screen.edges.clear(),
            _ => {}
        }
    }
}

delegate_noop!(Desk: WlCompositor);
delegate_noop!(Desk: WlRegion);
delegate_noop!(Desk: WlShmPool);
delegate_noop!(Desk: ZwlrLayerShellV1);
delegate_noop!(Desk: WpViewporter);
delegate_noop!(Desk: WpViewport);
delegate_noop!(Desk: ignore WlShm);
delegate_noop!(Desk: ignore WlOutput);
delegate_noop!(Desk: ignore WlSurface);
delegate_noop!(Desk: ignore WlBuffer);
